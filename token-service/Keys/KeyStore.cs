using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Revocations;
using FrontDoor.TokenService.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Keys;

/// <summary>The key table's statements, and what rotation does with them. Several nodes may do it at once; one of them succeeds.</summary>
internal sealed partial class KeyStore(
    TokenDb db,
    KeyEncryption encryption,
    RevocationStore revocations,
    RevocationLog revocationLog,
    IOptions<KeyOptions> options,
    IOptions<RefreshTokenOptions> refreshTokens,
    IOptions<AccessTokenOptions> accessTokens,
    TimeProvider time,
    ILogger<KeyStore> logger)
{
    private KeySchedule Schedule => options.Value.Schedule(refreshTokens.Value.Lifetime, accessTokens.Value.Lifetime);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task<IReadOnlyList<(SigningKey Key, KeyState State)>> ListAsync(CancellationToken cancellationToken)
    {
        var keys = await db.SigningKeys.AsNoTracking().OrderBy(k => k.Generation).ToListAsync(cancellationToken);
        return keys.ConvertAll(key => (key, Schedule.StateOf(key, keys, Now)));
    }

    /// <summary>Makes the key that is due, if one is, and removes those that are gone.</summary>
    public async Task MaintainAsync(CancellationToken cancellationToken)
    {
        var keys = await db.SigningKeys.AsNoTracking().ToListAsync(cancellationToken);
        if (Schedule.NewKeyActivatesAt(keys, options.Value.Algorithm, Now) is { } activatesAt) await CreateAsync(keys, activatesAt, cancellationToken);

        // The newest is never gone, so a service that slept for a year wakes with its key.
        var gone = keys.Where(k => Schedule.StateOf(k, keys, Now) == KeyState.Gone).Select(k => k.Kid).ToArray();
        if (gone.Length == 0) return;
        await db.SigningKeys.Where(k => gone.Contains(k.Kid)).ExecuteDeleteAsync(cancellationToken);
        Log.Removed(logger, string.Join(", ", gone));
    }

    /// <summary>Brings the next rotation forward.</summary>
    /// <param name="atOnce">Sign with it immediately; gateways then fetch it when they meet it first.</param>
    /// <returns>Null when a next key exists already.</returns>
    public async Task<SigningKey?> RotateAsync(bool atOnce, CancellationToken cancellationToken)
    {
        var keys = await db.SigningKeys.AsNoTracking().ToListAsync(cancellationToken);
        if (keys.Any(k => k.RevokedAt is null && k.ActivatesAt > Now)) return null;
        return await CreateAsync(keys, atOnce ? Now : Now + (long)options.Value.PublishAhead.TotalMilliseconds, cancellationToken);
    }

    /// <summary>Withdraws a key: what it signed is refused here at once and at every gateway within a second. Makes a new one at once where it was the current one.</summary>
    /// <returns>False when there is no such key.</returns>
    public async Task<bool> RevokeAsync(string kid, CancellationToken cancellationToken)
    {
        var before = await db.SigningKeys.AsNoTracking().ToListAsync(cancellationToken);
        var signs = before.SingleOrDefault(k => k.Kid == kid) is { } key && Schedule.StateOf(key, before, Now) == KeyState.Current;
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            var revoked = await db.SigningKeys.Where(k => k.Kid == kid && k.RevokedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(k => k.RevokedAt, Now), cancellationToken);
            if (revoked == 0) return false;
            await revocations.AppendAsync(Revocation.Key, [kid], Now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        revocationLog.Nudge();
        Log.Revoked(logger, kid);
        var keys = await db.SigningKeys.AsNoTracking().ToListAsync(cancellationToken);
        // The previous key has had its time; it must not sign again.
        if (signs) await CreateAsync(keys, Now, cancellationToken);
        return true;
    }

    private async Task<SigningKey?> CreateAsync(List<SigningKey> keys, long activatesAt, CancellationToken cancellationToken)
    {
        var (material, pkcs8) = KeyMaterial.Create(options.Value.Algorithm);
        var generation = keys.Count == 0 ? 1 : keys.Max(k => k.Generation) + 1;
        var key = new SigningKey
        {
            Kid = material.Kid,
            Generation = generation,
            Algorithm = material.Algorithm,
            SealedPrivateKey = encryption.Seal(pkcs8, material.Kid),
            CreatedAt = Now,
            ActivatesAt = activatesAt,
        };
        db.SigningKeys.Add(key);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            await ChangeNotices.SendAsync(db, ChangeNotices.Keys, cancellationToken);
            Log.Made(logger, key.Algorithm, key.Kid, DateTimeOffset.FromUnixTimeMilliseconds(activatesAt));
            return key;
        }
        catch (DbUpdateException) when (db.SigningKeys.AsNoTracking().Any(k => k.Generation == generation))
        {
            return null; // another node was first
        }
        finally
        {
            db.ChangeTracker.Clear();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Made {Algorithm} key {Kid}; it signs from {From}")]
        public static partial void Made(ILogger logger, string algorithm, string kid, DateTimeOffset from);

        [LoggerMessage(2, LogLevel.Information, "Removed keys that cover no living token: {Kids}")]
        public static partial void Removed(ILogger logger, string kids);

        [LoggerMessage(3, LogLevel.Warning, "Key {Kid} has been revoked: every token it signed is refused")]
        public static partial void Revoked(ILogger logger, string kid);
    }
}
