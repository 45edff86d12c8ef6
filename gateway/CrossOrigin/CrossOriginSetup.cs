using FrontDoor.Gateway.Configuration;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.CrossOrigin;

internal static class CrossOriginSetup
{
    public static void AddCrossOrigin(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<CorsPoliciesOptions>, CorsOptionsValidator>();
        services.AddCors();
    }

    /// <summary>Ahead of limits and authentication: a preflight has no token, and a page must be able to read why it was refused.</summary>
    public static void UseCrossOrigin(this IApplicationBuilder app) => app.UseWhen(
        context => context.GetEndpoint()?.Metadata.GetMetadata<CrossOriginRule>() is not null, shared => shared.UseMiddleware<AnswerCrossOrigin>());

    /// <summary>Gives a route's endpoint the policy that it names, and has it match preflights for its methods.</summary>
    public static void ShareAs(this IEndpointConventionBuilder endpoint, RouteConfig route, GatewayConfig config)
    {
        if (RuleOf(route.CorsPolicy, config) is not { } rule) return;
        endpoint.WithMetadata(rule);
        if (route.Match.Methods is { Count: > 0 } methods) endpoint.WithMetadata(new HttpMethodMetadata(methods, acceptCorsPreflight: true));
    }

    /// <param name="policy">A route's or site's <c>CorsPolicy</c>.</param>
    /// <param name="config">Where it is looked up.</param>
    /// <returns>Null when it names none.</returns>
    public static CrossOriginRule? RuleOf(string? policy, GatewayConfig config) => CorsName.Of(policy) is { } name ? new CrossOriginRule(PolicyOf(config.Cors[name])) : null;

    private static CorsPolicy PolicyOf(CorsOptions cors)
    {
        var policy = new CorsPolicyBuilder([.. cors.Origins]).SetIsOriginAllowedToAllowWildcardSubdomains()
            .WithMethods([.. cors.Methods]).WithHeaders([.. cors.Headers]).WithExposedHeaders([.. cors.ExposedHeaders]).SetPreflightMaxAge(cors.MaxAge);
        return (cors.Credentials ? policy.AllowCredentials() : policy).Build();
    }
}
