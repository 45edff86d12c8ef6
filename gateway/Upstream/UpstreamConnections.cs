using System.Net.Sockets;
using FrontDoor.Gateway.Commands;
using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.Observability;
using FrontDoor.Gateway.StaticFiles;

namespace FrontDoor.Gateway.Upstream;

/// <summary>Sets up the connections of a cluster's client.</summary>
internal sealed class UpstreamConnections(CurrentConfig current, TraceContext traces)
{
    // Read before the configuration is taken: a file that has gone bad keeps the old one.
    private readonly Derived<Dictionary<string, UpstreamTls>> _tls = current.Derive<Dictionary<string, UpstreamTls>>((config, _) => config.Upstream.Clusters.ToDictionary(
        c => c.Key, c => UpstreamTls.Read(c.Value, $"Upstream:Clusters:{c.Key}", fault => throw new StartupFaultException(fault)), StringComparer.OrdinalIgnoreCase));

    public void Configure(SocketsHttpHandler handler, string cluster, bool hasSockets)
    {
        var options = current.Value.Upstream.Of(cluster);
        handler.PooledConnectionLifetime = options.ConnectionLifetime;
        handler.PooledConnectionIdleTimeout = options.IdleTimeout;
        InternalRedirect.ReadBy(handler);
        if (traces.IsToldByUs) handler.ActivityHeadersPropagator = null;
        if (_tls.Now.GetValueOrDefault(cluster) is { } tls) tls.ApplyTo(handler.SslOptions);
        if (hasSockets) handler.ConnectCallback = ConnectAsync;
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var path = UnixAddress.SocketOf(context.DnsEndPoint.Host);
        var socket = path is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(path is null ? context.DnsEndPoint : new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
