using FrontDoor.Gateway.Configuration;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Authorization;

internal static class AuthorizationSetup
{
    public static void AddConfiguredPolicies(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<PoliciesOptions>, PoliciesOptionsValidator>();
        services.AddAuthorization(authorization =>
        {
            // Deny by default: a route without a policy needs a valid token; only the word Anonymous opens one.
            authorization.DefaultPolicy = ConfiguredPolicy.AnyToken;
            authorization.FallbackPolicy = authorization.DefaultPolicy;
        });
        services.AddSingleton<ShortWay>();
        services.AddSingleton<DryRuns>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusalResponses>();
    }

    /// <summary>
    /// Authenticates and authorizes what a route has matched. Anonymous routes are passed by altogether: a token there is neither
    /// validated nor able to cause an error (yarp#2952).
    /// </summary>
    public static void UseConfiguredPolicies(this IApplicationBuilder app)
    {
        // WebApplication would put both middlewares at the head by itself, where they would judge anonymous routes and static files too.
        var shortWay = app.ApplicationServices.GetRequiredService<ShortWay>();
        app.Properties["__AuthenticationMiddlewareSet"] = true;
        app.Properties["__AuthorizationMiddlewareSet"] = true;

        app.Use(next =>
        {
            var wholeWay = app.New().UseAuthorization().Use(_ => next).Build();
            return context => context.GetEndpoint() is { } endpoint && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
                ? JudgeAsync(context, endpoint, shortWay, next, wholeWay)
                : next(context);
        });
    }

    private static Task JudgeAsync(HttpContext context, Endpoint endpoint, ShortWay shortWay, RequestDelegate next, RequestDelegate wholeWay)
    {
        var judging = shortWay.JudgeAsync(context, endpoint);
        return judging.IsCompletedSuccessfully ? GoAsync(judging.Result) : WaitAsync();

        // Keys have to be fetched first.
        async Task WaitAsync() => await GoAsync(await judging);

        Task GoAsync(Judgement judgement) => judgement.Way switch
        {
            Way.In => next(context),
            Way.Out => RefusalResponses.ChallengeAsync(context, judgement.Failure),
            _ => wholeWay(context),
        };
    }

    /// <summary>Gives a route's endpoint the policy that it names.</summary>
    public static void RequirePolicyOf(this IEndpointConventionBuilder endpoint, RouteConfig route, GatewayConfig config)
    {
        var policy = PolicyName.Of(route) is { } name ? ConfiguredPolicy.Of(name, config) : null;
        if (policy is not null) endpoint.WithMetadata(policy);
        if (!PolicyName.IsAnonymous(route)) endpoint.WithMetadata(new RoutePolicy(policy?.Requirements.OfType<TokenRequirement>().Single()));
    }
}
