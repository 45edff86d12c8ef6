using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FrontDoor.Gateway.RateLimiting;

/// <summary>Degraded while a configured Redis is away: limits then hold per gateway.</summary>
internal sealed class RedisHealth(SharedCounters counters) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(!counters.Configured || counters.Connected ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded("Redis is configured and not connected"));
}
