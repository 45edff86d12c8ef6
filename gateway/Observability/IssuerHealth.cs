using FrontDoor.Gateway.Authentication;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FrontDoor.Gateway.Observability;

/// <summary>
/// Degraded while an issuer's keys have never been fetched: protected routes answer 503, static files and anonymous routes work, so the
/// gateway stays in service.
/// </summary>
internal sealed class IssuerHealth(TrustedIssuers issuers) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var missing = issuers.All.Where(i => !i.Keys.Available).Select(i => i.Options.Issuer).ToArray();
        return Task.FromResult(missing.Length == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"No signing keys yet from {string.Join(", ", missing)}"));
    }
}
