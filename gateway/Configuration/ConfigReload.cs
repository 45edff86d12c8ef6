using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using FrontDoor.Gateway.Commands;
using FrontDoor.Gateway.Edge;
using FrontDoor.Gateway.InternalTokens;
using FrontDoor.Gateway.Observability;
using FrontDoor.Gateway.RateLimiting;
using FrontDoor.Gateway.Upstream;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Configuration;

/// <summary>
/// Takes over a changed configuration: when a file changes, or at SIGHUP. A faulty one is not taken; the last good one holds until the
/// faults are mended.
/// </summary>
internal sealed partial class ConfigReload : BackgroundService, IConfigChangeListener
{
    // A file is often written in several steps.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);

    // Read once, at the start.
    private static readonly string[] NeedRestart =
    [
        RedisOptions.Section, $"{EdgeOptions.Section}:{nameof(EdgeOptions.Connections)}", $"{InternalTokensOptions.Section}:{nameof(InternalTokensOptions.KeyFile)}",
        TelemetryOptions.Section,
    ];

    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly IConfiguration _host;
    private readonly ConfigSources _sources;
    private readonly ConfigReader _reader;
    private readonly CurrentConfig _current;
    private readonly TimeProvider _time;
    private readonly ILogger<ConfigReload> _logger;
    private readonly Counter<long> _reloads;
    private GatewayConfig _lastGood;
    private PosixSignalRegistration? _signal;
    private volatile IReadOnlyList<string> _faults = [];

    public ConfigReload(
        IConfiguration host, ConfigSources sources, ConfigReader reader, CurrentConfig current, TimeProvider time, IMeterFactory meters, ILogger<ConfigReload> logger)
    {
        (_host, _sources, _reader, _current, _time, _logger, _lastGood) = (host, sources, reader, current, time, logger, current.Value);
        _reloads = meters.Create(GatewayMeter.Name).CreateCounter<long>("gateway.config.reloads", description: "Configurations that were taken (outcome=taken) or not (outcome=refused)");
    }

    /// <summary>Why the newest configuration was not taken; empty when it was.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the gateway says that it runs: unheard, the signal would end it. The rest runs beside the start.
        if (!OperatingSystem.IsWindows()) _signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _signal?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var changes = ChangeToken.OnChange(_host.GetReloadToken, Ask);
        _sources.OnBroken(Ask);
        Ask(); // what changed before anybody listened
        try
        {
            await foreach (var _ in _asked.Reader.ReadAllAsync(stoppingToken))
            {
                await Task.Delay(Quiet, _time, stoppingToken);
                Reload();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    /// <summary>Has it look whether something has changed.</summary>
    public void Ask() => _asked.Writer.TryWrite(true);

    private void OnSignal(PosixSignalContext signal)
    {
        signal.Cancel = true; // or the process would end
        try
        {
            ((IConfigurationRoot)_host).Reload();
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            // The reader finds the same and says so.
        }

        Ask();
    }

    private void Reload()
    {
        try
        {
            var (next, faults) = _reader.Read();
            if (next is null) Refuse(faults);
            else if (!next.Text.SameAs(_current.Value.Text) || !UpstreamFiles.Same(next.UpstreamFiles, _current.Value.UpstreamFiles)) Take(next);
            else if (_faults.Count > 0) Mended();
        }
        catch (Exception e)
        {
            // Of whatever kind: the gateway serves on with what it has.
            Refuse([.. StartupFault.Lines(e)]);
        }
    }

    private void Take(GatewayConfig next)
    {
        var before = _current.Value;
        _faults = [];
        _current.Publish(next);
        if (_faults.Count > 0) return; // YARP did not take it
        _lastGood = _current.Value;
        _reloads.Add(1, new KeyValuePair<string, object?>("outcome", "taken"));
        Log.Taken(_logger, _lastGood.Generation, next.Routes.Count, next.Clusters.Count);
        foreach (var section in NeedRestart.Where(s => !next.Text.SameAs(before.Text, s))) Log.NeedsRestart(_logger, section);
    }

    private void Mended()
    {
        _faults = [];
        Log.Mended(_logger);
    }

    private void Refuse(IReadOnlyList<string> faults)
    {
        var known = _faults;
        _faults = faults;
        if (faults.SequenceEqual(known)) return;
        _reloads.Add(1, new KeyValuePair<string, object?>("outcome", "refused"));
        foreach (var fault in faults) Log.Refused(_logger, fault);
    }

    void IConfigChangeListener.ConfigurationApplyingFailed(IReadOnlyList<IProxyConfig> proxyConfigs, Exception exception)
    {
        // Its checks have passed before, so this is rare. YARP keeps its routes; everybody else goes back to the configuration they are from.
        Refuse([.. StartupFault.Lines(exception)]);
        _current.Publish(_lastGood);
    }

    void IConfigChangeListener.ConfigurationLoadingFailed(IProxyConfigProvider configProvider, Exception exception) => Refuse([.. StartupFault.Lines(exception)]);

    void IConfigChangeListener.ConfigurationLoaded(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
        // Nothing to do.
    }

    void IConfigChangeListener.ConfigurationApplied(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
        // Nothing to do.
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Configuration {Generation} is in force: {Routes} routes, {Clusters} clusters")]
        public static partial void Taken(ILogger logger, int generation, int routes, int clusters);

        [LoggerMessage(2, LogLevel.Error, "The changed configuration is not taken, the last good one holds: {Fault}")]
        public static partial void Refused(ILogger logger, string fault);

        [LoggerMessage(3, LogLevel.Information, "The configuration is again the one in force")]
        public static partial void Mended(ILogger logger);

        [LoggerMessage(4, LogLevel.Warning, "{Section} has changed; that takes effect at the next start")]
        public static partial void NeedsRestart(ILogger logger, string section);
    }
}
