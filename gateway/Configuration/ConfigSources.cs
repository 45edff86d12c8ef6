using Microsoft.Extensions.Configuration.Json;

namespace FrontDoor.Gateway.Configuration;

/// <summary>
/// Reads the files, the environment and the command line anew, apart from the host's own configuration: that one empties itself while a
/// file is broken or away, and may change while it is being read.
/// </summary>
internal sealed class ConfigSources
{
    private readonly IConfigurationBuilder _host;
    private readonly HashSet<JsonConfigurationSource> _present;

    public ConfigSources(IConfiguration host)
    {
        _host = (IConfigurationBuilder)host;
        // A file that was there at the start and is gone is a fault: without it the gateway would have no routes and no policies.
        _present = [.. _host.Sources.OfType<JsonConfigurationSource>().Where(s => s.FileProvider!.GetFileInfo(s.Path!).Exists)];
    }

    /// <exception cref="InvalidDataException">A file is not JSON.</exception>
    /// <exception cref="IOException">A file is gone or cannot be read.</exception>
    public SettingsText Read()
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        // Later sources override earlier ones.
        foreach (var (path, value) in _host.Sources.SelectMany(Read)) values[path] = value;
        return new SettingsText(values);
    }

    /// <summary>Calls back when the host finds one of its files broken, of which its change token says nothing.</summary>
    public void OnBroken(Action told)
    {
        foreach (var source in _host.Sources.OfType<FileConfigurationSource>()) source.OnLoadException = _ => told();
    }

    private IEnumerable<KeyValuePair<string, string?>> Read(IConfigurationSource source)
    {
        if (source is JsonConfigurationSource json) return new JsonValues(json, optional: !_present.Contains(json)).Read();
        if (source is ChainedConfigurationSource chained) return WithValue(chained.Configuration!);
        using var root = new ConfigurationRoot([source.Build(_host)]);
        return WithValue(root);
    }

    // Enumerated are also the sections around the values, which have none and must not hide one of another source.
    private static KeyValuePair<string, string?>[] WithValue(IConfiguration configuration) => [.. configuration.AsEnumerable().Where(v => v.Value is not null)];

    // Enumerating a large file through a configuration takes time by the square of its size.
    private sealed class JsonValues(JsonConfigurationSource source, bool optional)
        : JsonConfigurationProvider(new JsonConfigurationSource { FileProvider = source.FileProvider, Path = source.Path!, Optional = optional, ReloadOnChange = false })
    {
        public IEnumerable<KeyValuePair<string, string?>> Read()
        {
            Load();
            return Data;
        }
    }
}
