using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.Forwarding;
using FrontDoor.Gateway.Observability;
using FrontDoor.Gateway.Streams;
using FrontDoor.Gateway.Upstream;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;

namespace FrontDoor.Gateway.Resilience;

/// <summary>Sets up the connections of YARP's client and puts the cluster's pipeline around it.</summary>
internal sealed class ResilientClientFactory(
    CurrentConfig current, UpstreamConnections upstream, Circuits circuits, SlowStarts starts, GatewayMeter meter, LiveStreams streams, IServiceProvider services, TimeProvider time, ILoggerFactory loggers)
    : ForwarderHttpClientFactory(loggers.CreateLogger<ForwarderHttpClientFactory>())
{
    // The pipeline is part of the client, and what it is made from is part of the metadata (ProxyConfigProvider).
    protected override bool CanReuseOldClient(ForwarderHttpClientContext context) =>
        base.CanReuseOldClient(context)
        && (context.OldMetadata ?? new Dictionary<string, string>()).ToHashSet().SetEquals(context.NewMetadata ?? new Dictionary<string, string>());

    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        upstream.Configure(handler, ProxyConfigProvider.IdOf(context.NewMetadata), ProxyConfigProvider.HasSockets(context.NewMetadata));
    }

    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler)
    {
        var id = ProxyConfigProvider.IdOf(context.NewMetadata);
        // Looked up late: YARP's state needs this factory to come into being.
        var destinations = new ClusterDestinations(new Lazy<IProxyStateLookup>(services.GetRequiredService<IProxyStateLookup>), context.ClusterId);
        // Outermost: what its token ended is not tried again.
        return new PendingCalls(streams, time) { InnerHandler = new ResilienceHandler(id, current.Value.Resilience.Of(id), destinations, circuits, starts, meter, time, loggers) { InnerHandler = handler } };
    }
}
