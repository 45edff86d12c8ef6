using System.Globalization;
using System.Threading.RateLimiting;
using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.Edge;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.RateLimiting;

internal static class RateLimitingSetup
{
    public static void AddRateLimiting(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<RateLimitsOptions>, RateLimitsOptionsValidator>();
        services.AddSingleton(provider => provider.GetRequiredService<CurrentConfig>().Value.Redis);
        services.AddSingleton<SharedCounters>();
        services.AddHealthChecks().AddCheck<RedisHealth>("redis");

        services.AddRateLimiter(limiter => limiter.OnRejected = (rejected, _) => RejectAsync(rejected));
        services.AddOptions<RateLimiterOptions>().Configure<SharedCounters, TimeProvider>((limiter, counters, time) =>
        {
            counters.Prepare();
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, Counted>(context => Partition(context, counters, time));
        });
    }

    /// <summary>Counts requests to routes that name a <c>RateLimiterPolicy</c>; before authentication, so that guessing tokens counts too.</summary>
    public static void UseRateLimiting(this IApplicationBuilder app) =>
        app.UseWhen(context => context.GetEndpoint()?.Metadata.GetMetadata<NamedLimit>() is not null, limited => limited.UseRateLimiter());

    /// <summary>Gives a route's endpoint the limit that it names.</summary>
    public static void LimitAs(this IEndpointConventionBuilder endpoint, RouteConfig route, GatewayConfig config)
    {
        if (LimitName.Of(route) is { } name) endpoint.WithMetadata(new NamedLimit(name, config.RateLimits[name]));
    }

    private readonly record struct Counted(NamedLimit Limit, string Client);

    private static RateLimitPartition<Counted> Partition(HttpContext context, SharedCounters counters, TimeProvider time)
    {
        var counted = new Counted(context.GetEndpoint()!.Metadata.GetRequiredMetadata<NamedLimit>(), ClientAddress.Partition(context.Connection.RemoteIpAddress));
        return counters.Configured
            ? RateLimitPartition.Get<Counted>(counted, c => new SharedWindowLimiter(counters, $"front-door:limit:{c.Limit.Name}:{c.Client}", c.Limit.Options, time))
            : RateLimitPartition.GetFixedWindowLimiter(counted, c => LocalWindow.Of(c.Limit.Options, replenishItself: false));
    }

    // The words of Django REST framework's 429, which clients of simplejwt may parse.
    private static async ValueTask RejectAsync(OnRejectedContext rejected)
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var left) ? left : TimeSpan.FromSeconds(1);
        var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        rejected.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await Problem.WriteAsync(rejected.HttpContext, StatusCodes.Status429TooManyRequests, "throttled",
            $"Request was throttled. Expected available in {seconds} second{(seconds == 1 ? "" : "s")}.");
    }
}
