using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FrontDoor.Gateway.Tls;

/// <summary>Degraded while the certificate files are faulty, or one that is served has expired.</summary>
internal sealed class TlsHealth(Certificates certificates) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(certificates.Faults is [var first, ..] ? HealthCheckResult.Degraded(first) : HealthCheckResult.Healthy());
}
