using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Commands;
using FrontDoor.TokenService.Revocations;
using FrontDoor.TokenService.Storage;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Keys;

/// <summary>Makes due keys, and keeps this node's ring level with the database: before the server listens, then regularly.</summary>
internal sealed partial class KeyRotation(
    IServiceScopeFactory scopes,
    KeyEncryption encryption,
    HmacSecrets secrets,
    KeyRing ring,
    RevocationLog revocations,
    ChangeNotices notices,
    IOptions<KeyOptions> options,
    TimeProvider time,
    ILogger<KeyRotation> logger) : BackgroundService
{
    private readonly Nudge _newKey = new();
    private long _seenRevocations;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        notices.On(ChangeNotices.Keys, _newKey.Give);
        // Before the keys are read: one that is revoked after it is news.
        _seenRevocations = revocations.LastId;
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _newKey.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WaitForPollOrChangedKeyAsync(stoppingToken);
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

    /// <summary>A key that another node or a command made or revoked is in the ring or out of it at once and not at the next poll.</summary>
    private async Task WaitForPollOrChangedKeyAsync(CancellationToken stoppingToken)
    {
        using var round = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] reasons = [_newKey.WaitAsync(round.Token), WaitForPollOrRevokedKeyAsync(round.Token)];
        await Task.WhenAny(reasons);
        await round.CancelAsync();
        await Task.WhenAll(reasons).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stoppingToken.ThrowIfCancellationRequested();
    }

    private async Task WaitForPollOrRevokedKeyAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (options.Value.PollInterval - time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
        {
            if (!await revocations.IsNewerWithinAsync(_seenRevocations, left, cancellationToken)) return;
            (var newer, _seenRevocations) = revocations.Since(_seenRevocations);
            if (newer.Any(r => r.Kind == Revocation.Key)) return;
        }
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<AuditSource>().Actor = AuditSource.Service;
        var store = scope.ServiceProvider.GetRequiredService<KeyStore>();
        secrets.Refresh();
        await store.MaintainAsync(cancellationToken);

        var all = await store.ListAsync(cancellationToken);
        var living = all.Where(k => k.State is KeyState.Next or KeyState.Current or KeyState.Previous).Select(k => k.Key).ToArray();
        var usable = living.Select(key => (key.ActivatesAt, key.Generation, Material: MaterialOf(key))).Where(k => k.Material is not null)
            .Select(k => (k.ActivatesAt, k.Generation, k.Material!)).ToArray();
        if (ring.Holds(usable)) return;
        if (usable.Length == 0) throw new StartupFaultException("No key can sign: the current secret of Keys:SecretFile was revoked. Make another: keys new-secret FILE, then keys use-next FILE");
        ring.Load(usable);
        Log.Loaded(logger, usable.Length, ring.Current.Key.KeyId);
        if (options.Value.SignsWithSecret && all.Any(k => k.Key.Kid == secrets.Current!.Kid && k.State == KeyState.Revoked)) Log.CurrentIsRevoked(logger, secrets.Current!.Kid);
        foreach (var lost in living.Where(key => key.IsHmac && secrets.Find(key.Kid) is null)) Log.SecretLost(logger, lost.Kid);
    }

    private KeyMaterial? MaterialOf(SigningKey key) => key.IsHmac
        ? secrets.Find(key.Kid) is { } secret && secret.Algorithm == key.Algorithm ? secret : null
        : ring.Find(key.Kid) ?? KeyMaterial.Load(key.Kid, key.Algorithm, encryption.Open(key.SealedPrivateKey, key.Kid));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Loaded {Count} signing key(s); {Kid} signs")]
        public static partial void Loaded(ILogger logger, int count, string kid);

        [LoggerMessage(2, LogLevel.Warning, "Signing keys cannot be looked after: {Reason}")]
        public static partial void CannotRefresh(ILogger logger, string reason);

        [LoggerMessage(4, LogLevel.Warning, "The current secret of Keys:SecretFile, {Kid}, was revoked and will not sign; another one of the file does. Make a new one: keys new-secret, keys use-next")]
        public static partial void CurrentIsRevoked(ILogger logger, string kid);

        [LoggerMessage(3, LogLevel.Warning, "The secret of key {Kid} is not in Keys:SecretFile any more; the tokens it signed are refused here")]
        public static partial void SecretLost(ILogger logger, string kid);
    }
}
