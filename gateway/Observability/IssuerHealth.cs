using FrontDoor.Gateway.Authentication;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FrontDoor.Gateway.Observability;

/// <summary>
/// Degraded while an issuer's keys have never been fetched (protected routes answer 503) or its revocation feed is silent; static files and
/// anonymous routes work, so the gateway stays in service.
/// </summary>
internal sealed class IssuerHealth(TrustedIssuers issuers) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        string[] faults =
        [
            .. issuers.All.Where(i => !i.Keys.Available).Select(i => $"no signing keys yet from {i.Options.Issuer}"),
            .. issuers.All.Where(i => !i.RevocationsAreFresh).Select(i => $"revocations of {i.Options.Issuer} are stale"),
        ];
        return Task.FromResult(faults.Length == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join("; ", faults)));
    }
}
