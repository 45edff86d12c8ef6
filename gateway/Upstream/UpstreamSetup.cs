using FrontDoor.Gateway.Configuration;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Upstream;

internal static class UpstreamSetup
{
    /// <summary>How destinations are connected to; the client that is made so is <see cref="Resilience.ResilientClientFactory"/>'s.</summary>
    public static void AddUpstream(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<UpstreamOptions>, UpstreamOptionsValidator>();
        builder.Services.AddSingleton<UpstreamConnections>();
        builder.Services.AddHostedService<FollowUpstreamFiles>();
    }

    /// <summary>Last of all: only a request that is going to be forwarded is read.</summary>
    public static void UseRequestBuffering(this IApplicationBuilder app) => app.UseWhen(
        context => context.GetEndpoint()?.Metadata.GetMetadata<BufferedRequests>() is not null, buffered => buffered.UseMiddleware<BufferRequests>());

    /// <summary>Tells a route's endpoint what its cluster says of bodies.</summary>
    public static void BufferAs(this IEndpointConventionBuilder endpoint, RouteConfig route, GatewayConfig config)
    {
        if (config.Upstream.Of(route.ClusterId!).BufferRequests) endpoint.WithMetadata(new BufferedRequests());
    }

    /// <summary>The cluster with its sockets as addresses that YARP can read.</summary>
    public static ClusterConfig WithSockets(this ClusterConfig cluster) => cluster.HasSockets()
        ? cluster with { Destinations = cluster.Destinations!.ToDictionary(d => d.Key, d => Readable(d.Value), StringComparer.OrdinalIgnoreCase) }
        : cluster;

    public static bool HasSockets(this ClusterConfig cluster) => cluster.Destinations?.Values.Any(d => UnixAddress.Is(d.Address) || UnixAddress.Is(d.Health)) == true;

    // A socket has no name of its own; nginx says localhost, too.
    private static DestinationConfig Readable(DestinationConfig destination) => destination with
    {
        Address = UnixAddress.Is(destination.Address) ? UnixAddress.ToHttp(destination.Address) : destination.Address,
        Health = UnixAddress.Is(destination.Health) ? UnixAddress.ToHttp(destination.Health!) : destination.Health,
        Host = destination.Host ?? (UnixAddress.Is(destination.Address) ? "localhost" : null),
    };
}
