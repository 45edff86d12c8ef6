using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;

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
        using var fresh = new ConfigurationRoot([.. _host.Sources.Select(s => Apart(s).Build(_host))]);
        return new SettingsText(fresh);
    }

    /// <summary>Calls back when the host finds one of its files broken, of which its change token says nothing.</summary>
    public void OnBroken(Action told)
    {
        foreach (var source in _host.Sources.OfType<FileConfigurationSource>()) source.OnLoadException = _ => told();
    }

    private IConfigurationSource Apart(IConfigurationSource source) => source switch
    {
        JsonConfigurationSource json => new JsonConfigurationSource { FileProvider = json.FileProvider!, Path = json.Path!, Optional = !_present.Contains(json), ReloadOnChange = false },
        // Its own provider would dispose of the host's with itself.
        ChainedConfigurationSource chained => new MemoryConfigurationSource { InitialData = [.. chained.Configuration!.AsEnumerable()] },
        _ => source,
    };
}
