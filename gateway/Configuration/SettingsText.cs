namespace FrontDoor.Gateway.Configuration;

/// <summary>Settings as text at one moment, by their path. Says what differs between two moments.</summary>
internal sealed class SettingsText(IEnumerable<KeyValuePair<string, string?>> values)
{
    private readonly Dictionary<string, string?> _values = values.ToDictionary(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyDictionary<string, string?> Values => _values;

    /// <summary>Whether this setting and all below it are the same there.</summary>
    public bool SameAs(SettingsText other, string path) => Below(path).SetEquals(other.Below(path));

    public bool SameAs(SettingsText other) => _values.Count == other._values.Count && _values.All(v => other._values.TryGetValue(v.Key, out var there) && there == v.Value);

    /// <summary>Whether nothing differs but these settings and what is below them.</summary>
    public bool SameBut(SettingsText other, IReadOnlyCollection<string> paths) => Outside(paths).SetEquals(other.Outside(paths));

    private HashSet<(string Path, string? Value)> Below(string path) => [..
        _values.Where(v => IsBelow(v.Key, path)).Select(v => (v.Key.ToUpperInvariant(), v.Value))];

    private HashSet<(string Path, string? Value)> Outside(IReadOnlyCollection<string> paths) => [..
        _values.Where(v => !paths.Any(path => IsBelow(v.Key, path))).Select(v => (v.Key.ToUpperInvariant(), v.Value))];

    private static bool IsBelow(string key, string path) =>
        key.Equals(path, StringComparison.OrdinalIgnoreCase) || key.StartsWith(path + ":", StringComparison.OrdinalIgnoreCase);
}
