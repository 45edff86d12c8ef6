using FrontDoor.Gateway.Configuration;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Caching;

internal static class CachingSetup
{
    public static void AddCaching(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<CachingPoliciesOptions>, CachingOptionsValidator>();
        services.AddOutputCache(cache =>
        {
            cache.UseCaseSensitivePaths = true;
            cache.SizeLimit = 64 * 1024 * 1024;
            cache.MaximumBodySize = 1024 * 1024;
        });
    }

    /// <summary>After authorization and limits: what is kept is given to whom the back end would be asked for.</summary>
    public static void UseCaching(this IApplicationBuilder app) => app.UseWhen(
        context => context.GetEndpoint()?.Metadata.GetMetadata<AnswerCachePolicy>() is not null, kept => kept.UseOutputCache());

    /// <summary>Gives a route's endpoint the policy that it names.</summary>
    public static void KeepAs(this IEndpointConventionBuilder endpoint, RouteConfig route, GatewayConfig config)
    {
        if (!string.IsNullOrEmpty(route.OutputCachePolicy)) endpoint.WithMetadata(new AnswerCachePolicy(config.Caching[route.OutputCachePolicy], $"{config.Generation}/{route.RouteId}"));
    }
}
