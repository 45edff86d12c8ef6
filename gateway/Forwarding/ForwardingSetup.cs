using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Authorization;
using FrontDoor.Gateway.Caching;
using FrontDoor.Gateway.Compression;
using FrontDoor.Gateway.CrossOrigin;
using FrontDoor.Gateway.Edge;
using FrontDoor.Gateway.IdentityPropagation;
using FrontDoor.Gateway.InternalTokens;
using FrontDoor.Gateway.Observability;
using FrontDoor.Gateway.RateLimiting;
using FrontDoor.Gateway.Resilience;
using FrontDoor.Gateway.StaticFiles;
using FrontDoor.Gateway.Streams;
using FrontDoor.Gateway.Upstream;
using Microsoft.AspNetCore.DataProtection;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms.Builder;

namespace FrontDoor.Gateway.Forwarding;

internal static class ForwardingSetup
{
    /// <summary>Routes and clusters in YARP's own section and schema, see <see cref="ProxySection"/>.</summary>
    public static void AddForwarding(this WebApplicationBuilder builder)
    {
        builder.Services.AddReverseProxy()
            .AddTransforms<JudgeAnswers>().AddTransforms<StampIdentity>().AddTransforms<StampInternalToken>().AddTransforms<CheckUpgrades>()
            // Watched outside of the buffer: what a token's end cuts off must not go on out of it.
            .AddTransforms<BufferAnswers>().AddTransforms<WatchStreams>().AddTransforms<TellBackEnd>()
            .AddTransforms<UpstreamTime.Watch>();
        builder.Services.AddSingleton<TraceContext>();
        builder.Services.AddSingleton<ITransformProvider>(services => services.GetRequiredService<TraceContext>());
        builder.Services.AddProbes();
        builder.Services.AddSlowStart();
        builder.Services.AddSingleton<ProxyConfigProvider>();
        builder.Services.AddSingleton<IProxyConfigProvider>(provider => provider.GetRequiredService<ProxyConfigProvider>());

        // Only YARP's encrypting session affinity needs data protection. Keys in memory: nothing is written to a home folder, and a
        // client whose affinity cookie is from before a restart is balanced anew. Nor are keys on disk looked for at the start, which would make the folder for them.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        foreach (var ring in builder.Services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(DataProtectionBuilderExtensions).Assembly).ToArray())
            builder.Services.Remove(ring);
    }

    /// <summary>Each endpoint gets the configuration that its route is from, and what that configuration says of it.</summary>
    public static void MapForwarding(this IEndpointRouteBuilder app)
    {
        var provider = app.ServiceProvider.GetRequiredService<ProxyConfigProvider>();
        var traffic = app.ServiceProvider.GetRequiredService<Traffic>();
        app.MapReverseProxy().ConfigureEndpoints((endpoint, handed, cluster) =>
        {
            var config = provider.ConfigOf(handed);
            var route = config.Routes[handed.RouteId];
            endpoint.WithMetadata(config);
            endpoint.CountAs(route, traffic);
            endpoint.RequirePolicyOf(route, config);
            endpoint.LimitAs(route, config);
            endpoint.TakeCredentialsOf(route, config);
            endpoint.ShareAs(route, config);
            endpoint.CompressAs(route, config);
            endpoint.KeepAs(route, config);
            endpoint.HandOverAs(handed, cluster);
            endpoint.BufferAs(route, config);
        });
    }
}
