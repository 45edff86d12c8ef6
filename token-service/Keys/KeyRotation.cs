using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Revocations;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Keys;

/// <summary>Makes due keys, and keeps this node's ring level with the database: before the server listens, then regularly.</summary>
internal sealed partial class KeyRotation(
    IServiceScopeFactory scopes, KeyEncryption encryption, KeyRing ring, RevocationLog revocations, IOptions<KeyOptions> options, TimeProvider time, ILogger<KeyRotation> logger)
    : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var seen = revocations.LastId;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                seen = await WaitForPollOrRevokedKeyAsync(seen, stoppingToken);
                await RefreshAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever the database's driver throws: the present ring goes on signing, and the next round tries again.
                Log.CannotRefresh(logger, e.GetBaseException().Message);
            }
        }
    }

    /// <summary>A key that was revoked, here or on another node, leaves the ring at once and not at the next poll.</summary>
    private async Task<long> WaitForPollOrRevokedKeyAsync(long seen, CancellationToken stoppingToken)
    {
        var start = time.GetTimestamp();
        while (options.Value.PollInterval - time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
        {
            if (!await revocations.IsNewerWithinAsync(seen, left, stoppingToken)) break;
            (var newer, seen) = revocations.Since(seen);
            if (newer.Any(r => r.Kind == Revocation.Key)) break;
        }

        return seen;
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<AuditSource>().Actor = AuditSource.Service;
        var store = scope.ServiceProvider.GetRequiredService<KeyStore>();
        await store.MaintainAsync(cancellationToken);

        var living = (await store.ListAsync(cancellationToken)).Where(k => k.State is KeyState.Next or KeyState.Current or KeyState.Previous).ToArray();
        if (living.Length == 0 || ring.Holds(living.Select(k => k.Key.Kid))) return;
        ring.Load(living.Select(k => (k.Key.ActivatesAt, k.Key.Generation, ring.Find(k.Key.Kid) ?? Unseal(k.Key))));
        Log.Loaded(logger, living.Length, ring.Current.Key.KeyId);
    }

    private KeyMaterial Unseal(SigningKey key) => KeyMaterial.Load(key.Kid, key.Algorithm, encryption.Open(key.SealedPrivateKey, key.Kid));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Loaded {Count} signing key(s); {Kid} signs")]
        public static partial void Loaded(ILogger logger, int count, string kid);

        [LoggerMessage(2, LogLevel.Warning, "Signing keys cannot be looked after: {Reason}")]
        public static partial void CannotRefresh(ILogger logger, string reason);
    }
}
