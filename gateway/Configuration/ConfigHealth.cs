using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FrontDoor.Gateway.Configuration;

/// <summary>Degraded while the configuration on disk is faulty: the gateway serves with the last good one, and would not start with this one.</summary>
internal sealed class ConfigHealth(ConfigReload reload) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(reload.Faults is [var first, ..] ? HealthCheckResult.Degraded(first) : HealthCheckResult.Healthy());
}
