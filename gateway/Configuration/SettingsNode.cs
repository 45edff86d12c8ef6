using Microsoft.Extensions.Primitives;

namespace FrontDoor.Gateway.Configuration;

/// <summary>
/// Settings as a tree that does not change. The framework's own configuration goes through all settings for each look at the children of one, which
/// takes minutes with thousands of routes.
/// </summary>
internal sealed class SettingsNode(string path) : IConfigurationSection
{
    private readonly SortedDictionary<string, SettingsNode> _children = new(ConfigurationKeyComparer.Instance);

    public string Key => ConfigurationPath.GetSectionKey(path);

    public string Path => path;

    public string? Value { get; set; }

    public string? this[string key]
    {
        get => Find(key)?.Value;
        set => throw new NotSupportedException("Settings that were read do not change");
    }

    /// <param name="values">By path.</param>
    public static SettingsNode Tree(IEnumerable<KeyValuePair<string, string?>> values)
    {
        var root = new SettingsNode("");
        foreach (var (path, value) in values) root.Grow(path).Value = value;
        return root;
    }

    public IEnumerable<IConfigurationSection> GetChildren() => _children.Values;

    public IChangeToken GetReloadToken() => new CancellationChangeToken(CancellationToken.None);

    public IConfigurationSection GetSection(string key) => Find(key) ?? new SettingsNode(Below(key));

    private SettingsNode? Find(string key)
    {
        var at = this;
        foreach (var name in key.Split(ConfigurationPath.KeyDelimiter))
        {
            if (!at._children.TryGetValue(name, out var child)) return null;
            at = child;
        }

        return at;
    }

    private SettingsNode Grow(string key)
    {
        var at = this;
        foreach (var name in key.Split(ConfigurationPath.KeyDelimiter))
        {
            if (!at._children.TryGetValue(name, out var child)) at._children.Add(name, child = new SettingsNode(at.Below(name)));
            at = child;
        }

        return at;
    }

    private string Below(string key) => path.Length == 0 ? key : ConfigurationPath.Combine(path, key);
}
