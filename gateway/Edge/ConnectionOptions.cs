using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Edge;

/// <summary>What a connection may cost before a request of it is read. Kestrel takes these at the start; a change needs a restart.</summary>
internal sealed record ConnectionOptions
{
    /// <summary>Connections at a time; further ones are closed at once. Default: no bound; at least 1.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>WebSockets and other upgraded connections at a time; a further one is 503. Default: no bound; at least 1.</summary>
    public int? MaxUpgraded { get; init; }

    /// <summary>Longest request line in bytes; a longer one is 414. Default 8,192; from 256 to 65,536.</summary>
    public int MaxRequestLineBytes { get; init; } = 8192;

    /// <summary>Header fields in a request; more are 431. Default 100; from 10 to 1,000.</summary>
    public int MaxHeaders { get; init; } = 100;

    /// <summary>Size of all header fields of a request in bytes; more are 431. Default 32,768; from 1,024 to 1,048,576.</summary>
    public int MaxHeadersBytes { get; init; } = 32768;

    /// <summary>How long the header fields of a request may take; then 408. Default 30 s; from 1 s to 5 minutes.</summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may wait for its next request. Default 130 s; from 1 s to 1 hour.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>Slowest rate in bytes per second, after 5 s, for reading a body and for taking an answer; below it the connection is cut. Default 240; 0 for none.</summary>
    public double MinBytesPerSecond { get; init; } = 240;

    /// <summary>Streams at a time on a HTTP/2 connection. Default 100; from 1 to 1,000.</summary>
    public int MaxHttp2Streams { get; init; } = 100;

    /// <summary>
    /// Requests of one connection in a second; further ones are 429, and a HTTP/1.1 connection ends. A proxy in front sends many clients' requests over one. Default: no bound; from 1 to
    /// 1,000,000.
    /// </summary>
    public int? MaxRequestsPerSecond { get; init; }

    public void ApplyTo(KestrelServerLimits limits)
    {
        var rate = MinBytesPerSecond > 0 ? new MinDataRate(MinBytesPerSecond, gracePeriod: TimeSpan.FromSeconds(5)) : null;
        (limits.MinRequestBodyDataRate, limits.MinResponseDataRate) = (rate, rate);
        (limits.MaxConcurrentConnections, limits.MaxConcurrentUpgradedConnections) = (MaxConnections, MaxUpgraded);
        (limits.MaxRequestLineSize, limits.MaxRequestHeaderCount, limits.MaxRequestHeadersTotalSize) = (MaxRequestLineBytes, MaxHeaders, MaxHeadersBytes);
        (limits.RequestHeadersTimeout, limits.KeepAliveTimeout) = (HeadersTimeout, IdleTimeout);
        limits.Http2.MaxStreamsPerConnection = MaxHttp2Streams;
    }

    public void AddFaults(ValidateOptionsResultBuilder faults)
    {
        Check(nameof(MaxConnections), MaxConnections ?? 1, 1, int.MaxValue);
        Check(nameof(MaxUpgraded), MaxUpgraded ?? 1, 1, int.MaxValue);
        Check(nameof(MaxRequestsPerSecond), MaxRequestsPerSecond ?? 1, 1, 1_000_000);
        Check(nameof(MaxRequestLineBytes), MaxRequestLineBytes, 256, 65_536);
        Check(nameof(MaxHeaders), MaxHeaders, 10, 1000);
        Check(nameof(MaxHeadersBytes), MaxHeadersBytes, 1024, 1_048_576);
        Check(nameof(HeadersTimeout), HeadersTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Check(nameof(IdleTimeout), IdleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Check(nameof(MinBytesPerSecond), MinBytesPerSecond, 0, 1_000_000_000);
        Check(nameof(MaxHttp2Streams), MaxHttp2Streams, 1, 1000);

        void Check<T>(string name, T value, T least, T most)
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0) faults.AddError($"{EdgeOptions.Section}:{nameof(EdgeOptions.Connections)}:{name} is {value}; it must be from {least} to {most}");
        }
    }
}
