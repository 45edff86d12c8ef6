using Microsoft.Extensions.Options;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;

namespace FrontDoor.Gateway.Resilience;

/// <summary>Puts the cluster's pipeline around YARP's client.</summary>
internal sealed class ResilientClientFactory(
    IOptions<ResilienceOptions> options, IServiceProvider services, TimeProvider time, ILoggerFactory loggers)
    : ForwarderHttpClientFactory(loggers.CreateLogger<ForwarderHttpClientFactory>())
{
    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler)
    {
        var resilience = options.Value.Clusters.GetValueOrDefault(context.ClusterId) ?? new ClusterResilience();
        // Looked up late: YARP's state needs this factory to come into being.
        var destinations = new ClusterDestinations(new Lazy<IProxyStateLookup>(services.GetRequiredService<IProxyStateLookup>), context.ClusterId);
        return new ResilienceHandler(context.ClusterId, resilience, destinations, time, loggers) { InnerHandler = handler };
    }
}
