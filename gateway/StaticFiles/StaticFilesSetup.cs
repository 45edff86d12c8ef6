using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms.Builder;

namespace FrontDoor.Gateway.StaticFiles;

internal static class StaticFilesSetup
{
    public static void AddStaticSites(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<ConfiguredSites>();
        services.AddSingleton<ITransformProvider, InternalRedirect>();
    }

    /// <summary>Files. Comes before routing, so a catch-all route cannot silence it.</summary>
    public static void UseStaticSites(this IApplicationBuilder app) => app.UseMiddleware<ServeSites>();

    /// <summary>Fallbacks. Comes after routing: whatever a route matches is not the sites' business.</summary>
    public static void UseSiteFallbacks(this IApplicationBuilder app) => app.UseMiddleware<AnswerUnmatched>();

    /// <summary>Files that back ends hand over. Comes last: it acts on what forwarding brings back.</summary>
    public static void UseHandedOverFiles(this IApplicationBuilder app) => app.UseWhen(
        context => context.GetEndpoint()?.Metadata.GetMetadata<MayHandOver>() is not null,
        handing => handing.UseMiddleware<SendHandedOver>());

    /// <summary>Marks a route's endpoint, if its back ends may hand files over.</summary>
    public static void HandOverAs(this IEndpointConventionBuilder endpoint, RouteConfig route, ClusterConfig? cluster)
    {
        if (InternalRedirect.IsAllowed(route, cluster)) endpoint.WithMetadata(new MayHandOver());
    }
}
