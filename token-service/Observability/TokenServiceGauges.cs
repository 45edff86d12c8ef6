using System.Diagnostics.Metrics;
using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.Revocations;
using FrontDoor.TokenService.Users;

namespace FrontDoor.TokenService.Observability;

/// <summary>What the service holds, read when somebody asks for it.</summary>
internal sealed class TokenServiceGauges(IMeterFactory meters, HashingGate gate, KeyRing keys, RevocationLog revocations) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(TokenServiceMeter.Name);
        meter.CreateObservableGauge("token_service.hashing.pending", () => gate.Pending, "{attempt}", "Sign-ins whose password is being hashed or waits for it");
        meter.CreateObservableGauge("token_service.hashing.limit", () => gate.Most, "{attempt}", "How many may; further ones are answered 503");
        meter.CreateObservableGauge("token_service.keys", () => keys.CountByState().Select(s => new Measurement<int>(s.Count, new KeyValuePair<string, object?>("state", s.State.ToString()))),
            "{key}", "Keys that verify (state: Next, Current, Previous)");
        meter.CreateObservableGauge("token_service.keys.signing_for", () => keys.SigningFor.TotalSeconds, "s", "Since the current key began to sign");
        meter.CreateObservableGauge("token_service.revocations.entries", () => revocations.Since(0).Newer.Count, "{entry}", "Revocations that cover a living token");
        meter.CreateObservableGauge("token_service.revocations.level", () => revocations.IsLevel ? 1 : 0, description: "1 while they are read from the database in time; at 0 feeds are silent");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
