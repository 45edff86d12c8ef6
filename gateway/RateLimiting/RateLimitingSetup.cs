using System.Globalization;
using System.Threading.RateLimiting;
using FrontDoor.Gateway.Edge;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.RateLimiting;

internal static class RateLimitingSetup
{
    public static void AddRateLimiting(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<RateLimitsOptions>, RateLimitsOptionsValidator>();
        services.AddOptions<RateLimitsOptions>().BindConfiguration(RateLimitOptions.Section, StrictBinding.Of).ValidateOnStart();
        services.AddOptions<RedisOptions>().BindConfiguration(RedisOptions.Section, StrictBinding.Of).ValidateOnStart();
        services.AddSingleton<SharedCounters>();
        services.AddHealthChecks().AddCheck<RedisHealth>("redis");

        services.AddRateLimiter(limiter => limiter.OnRejected = (rejected, _) => RejectAsync(rejected));
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<RateLimitsOptions>, SharedCounters, TimeProvider>((limiter, limits, counters, time) =>
        {
            counters.Prepare();
            foreach (var (name, limit) in limits.Value)
                limiter.AddPolicy(name, context => Partition(name, limit, context, counters, time));
        });
    }

    /// <summary>Counts requests to routes that name a <c>RateLimiterPolicy</c>; before authentication, so that guessing tokens counts too.</summary>
    public static void UseRateLimiting(this IApplicationBuilder app) => app.UseRateLimiter();

    private static RateLimitPartition<string> Partition(string name, RateLimitOptions limit, HttpContext context, SharedCounters counters, TimeProvider time)
    {
        var client = ClientAddress.Partition(context.Connection.RemoteIpAddress);
        return counters.Configured
            ? RateLimitPartition.Get<string>(client, _ => new SharedWindowLimiter(counters, $"front-door:limit:{name}:{client}", limit, time))
            : RateLimitPartition.GetFixedWindowLimiter(client, _ => LocalWindow.Of(limit, replenishItself: false));
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
