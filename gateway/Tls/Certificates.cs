using System.Net.Security;
using System.Security.Authentication;
using FrontDoor.Gateway.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Primitives;

namespace FrontDoor.Gateway.Tls;

/// <summary>
/// The certificates that new connections get. Replaced files are taken over within seconds; open connections keep theirs. A faulty replacement changes nothing but the log
/// and the gateway's health.
/// </summary>
internal sealed partial class Certificates : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _refreshing = new();
    private readonly CurrentConfig _current;
    private readonly string _root;
    private readonly TimeProvider _time;
    private readonly ILogger<Certificates> _logger;
    private volatile CertificateSet? _set;
    private volatile List<string> _faults = [];
    private string? _digest;

    public Certificates(CurrentConfig current, IHostEnvironment host, TimeProvider time, ILogger<Certificates> logger)
    {
        (_current, _root, _time, _logger) = (current, host.ContentRootPath, time, logger);
        Refresh();
    }

    /// <summary>Whether there are any.</summary>
    public bool Available => _set is not null;

    /// <summary>What is wrong with the files as they are now, or with what is served; empty for nothing.</summary>
    public IReadOnlyList<string> Faults =>
        _faults.Count == 0 && _set is { } set && set.ValidUntil <= _time.GetUtcNow() ? [$"a TLS certificate expired at {set.ValidUntil:u}"] : _faults;

    /// <summary>What Kestrel asks at each handshake.</summary>
    public ValueTask<SslServerAuthenticationOptions> OnConnectionAsync(TlsHandshakeCallbackContext handshake) => new(new SslServerAuthenticationOptions
    {
        ServerCertificateContext = _set!.Select(handshake.ClientHelloInfo.ServerName),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
    });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var changes = ChangeToken.OnChange(_current.GetChangeToken, Refresh);
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Refresh();
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private void Refresh()
    {
        lock (_refreshing)
        {
            var faults = new List<string>();
            if (CertificateFiles.Read(_current.Value.Tls, _root, faults) is { } files) Take(files, faults);
            if (!faults.SequenceEqual(_faults))
            {
                foreach (var fault in faults) Log.Spoilt(_logger, fault);
            }

            _faults = faults;
        }
    }

    private void Take(IReadOnlyList<CertificateText> files, List<string> faults)
    {
        var digest = CertificateFiles.DigestOf(files);
        if (digest == _digest || CertificateSet.Of(files, _time.GetUtcNow(), faults) is not { } set) return;
        (_set, _digest) = (set, digest);
        Log.Taken(_logger, files.Count, set.ValidUntil);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "TLS: {Count} certificates, the first expires at {ValidUntil:u}")]
        public static partial void Taken(ILogger logger, int count, DateTimeOffset validUntil);

        [LoggerMessage(2, LogLevel.Error, "The replaced TLS certificates are not taken, the last good ones stay: {Fault}")]
        public static partial void Spoilt(ILogger logger, string fault);
    }
}
