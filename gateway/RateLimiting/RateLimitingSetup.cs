using System.Threading.RateLimiting;
using FrontDoor.Gateway.Configuration;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.RateLimiting;

internal static class RateLimitingSetup
{
    public static void AddRateLimiting(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<RateLimitsOptions>, RateLimitsOptionsValidator>();
        services.AddSingleton<IValidateOptions<RedisOptions>, RedisOptionsValidator>();
        services.AddSingleton(provider => provider.GetRequiredService<CurrentConfig>().Value.Redis);
        services.AddSingleton<SharedCounters>();
        services.AddHealthChecks().AddCheck<RedisHealth>("redis");
        services.AddSingleton(provider =>
        {
            var (counters, time) = (provider.GetRequiredService<SharedCounters>(), provider.GetRequiredService<TimeProvider>());
            counters.Prepare();
            return PartitionedRateLimiter.Create<Counted, Counted>(asked => RateLimitPartition.Get(asked, counted => LimiterFor(counted, counters, time)));
        });
    }

    /// <summary>Limits by address and route; before authentication, so that guessing tokens counts too.</summary>
    public static void UseRateLimiting(this IApplicationBuilder app) => app.Count(route => route.ByOrigin);

    /// <summary>Limits by user and claim; after authorization.</summary>
    public static void UseUserRateLimiting(this IApplicationBuilder app) => app.Count(route => route.ByUser);

    /// <summary>Gives a route's endpoint the limits that it names.</summary>
    public static void LimitAs(this IEndpointConventionBuilder endpoint, RouteConfig route, GatewayConfig config)
    {
        if (LimitsOf(route.RouteId, route.RateLimiterPolicy, config) is { } limits) endpoint.WithMetadata(limits);
    }

    /// <param name="id">Of the route or site.</param>
    /// <param name="policy">Its <c>RateLimiterPolicy</c>.</param>
    /// <param name="config">Where the limits are looked up.</param>
    /// <returns>Null when there are none.</returns>
    public static RouteLimits? LimitsOf(string id, string? policy, GatewayConfig config)
    {
        var limits = LimitName.Of(policy).Select(name => new NamedLimit(name, config.RateLimits[name])).ToArray();
        return limits.Length > 0 ? new RouteLimits(id, [.. limits.Where(l => !l.By.NeedsUser)], [.. limits.Where(l => l.By.NeedsUser)]) : null;
    }

    private static void Count(this IApplicationBuilder app, Func<RouteLimits, IReadOnlyList<NamedLimit>> limitsOf) => app.UseWhen(
        context => context.GetEndpoint()?.Metadata.GetMetadata<RouteLimits>() is { } route && limitsOf(route).Count > 0,
        limited => limited.UseMiddleware<CountRequests>(limitsOf));

    private static RateLimiter LimiterFor(Counted counted, SharedCounters counters, TimeProvider time) =>
        counters.Configured && counted.Limit.Options.Kind != LimitKind.Concurrency
            ? new SharedLimiter(counters, counted, time)
            : LocalLimiter.Of(counted.Limit.Options, replenishItself: false);
}
