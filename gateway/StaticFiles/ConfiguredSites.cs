using FrontDoor.Gateway.Configuration;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>The sites of the configuration in force. Unchanged ones are kept over a reload, with the files that they have in memory.</summary>
internal sealed class ConfiguredSites : IDisposable
{
    private readonly Derived<StaticSites> _sites;

    public ConfiguredSites(CurrentConfig current, IHostEnvironment environment, TimeProvider time, ILogger<StaticSites> logger) =>
        _sites = current.Derive<StaticSites>((config, before) =>
        {
            if (before?.IsMadeFrom(config) == true) return before;
            var sites = new StaticSites(config, environment.ContentRootPath, time, logger);
            // Requests that are still at the former ones lose their memory and their watch, which are comforts.
            before?.Dispose();
            return sites;
        });

    public StaticSites Now => _sites.Now;

    public void Dispose() => Now.Dispose();
}
