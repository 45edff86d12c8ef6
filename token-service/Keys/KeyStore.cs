using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Clients;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Revocations;
using FrontDoor.TokenService.SlidingTokens;
using FrontDoor.TokenService.Storage;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Keys;

/// <summary>The key table's statements, and what rotation does with them. Several nodes may do it at once; one of them succeeds.</summary>
internal sealed partial class KeyStore(
    TokenDb db,
    KeyEncryption encryption,
    HmacSecrets secrets,
    RevocationStore revocations,
    RevocationLog revocationLog,
    AuditLog audit,
    IOptions<KeyOptions> options,
    IOptions<RefreshTokenOptions> refreshTokens,
    IOptions<AccessTokenOptions> accessTokens,
    IOptions<ClientOptions> clients,
    IOptions<SlidingTokenOptions> sliding,
    TimeProvider time,
    ILogger<KeyStore> logger)
{
    private KeySchedule Schedule =>
        options.Value.Schedule(refreshTokens.Value.Lifetime, sliding.Value.Longest(accessTokens.Value), clients.Value.TokenLifetime);

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
        if (NextActivatesAt(keys) is { } activatesAt) await CreateAsync(keys, activatesAt, cancellationToken);

        // The newest is never gone, so a service that slept for a year wakes with its key.
        // Nor is a revoked secret: while its row is there, a file that has it cannot bring it back.
        var gone = keys.Where(k => Schedule.StateOf(k, keys, Now) == KeyState.Gone && !(k.IsHmac && k.RevokedAt is not null)).Select(k => k.Kid).ToArray();
        if (gone.Length == 0) return;
        await db.SigningKeys.Where(k => gone.Contains(k.Kid)).ExecuteDeleteAsync(cancellationToken);
        Log.Removed(logger, string.Join(", ", gone));
    }

    /// <summary>Brings the next rotation forward.</summary>
    /// <param name="atOnce">Sign with it immediately; gateways then fetch it when they meet it first.</param>
    /// <returns>Null when a next key exists already.</returns>
    /// <exception cref="AdministrationException">Keys come from the secret file.</exception>
    public async Task<SigningKey?> RotateAsync(bool atOnce, CancellationToken cancellationToken)
    {
        if (options.Value is { SignsWithSecret: true, SecretFile: var file })
            throw new AdministrationException($"HMAC secrets rotate by their file: keys new-secret '{file}', give it to all services and gateways, then keys use-next '{file}', and give it to them again");
        var keys = await db.SigningKeys.AsNoTracking().ToListAsync(cancellationToken);
        if (keys.Any(k => k.RevokedAt is null && k.ActivatesAt > Now)) return null;
        return await CreateAsync(keys, atOnce ? Now : Now + (long)options.Value.PublishAhead.TotalMilliseconds, cancellationToken);
    }

    /// <summary>Withdraws a key: what it signed is refused here at once and at every gateway within a second. Makes a new one at once where it was the current one.</summary>
    /// <returns>False when there is no such key.</returns>
    /// <exception cref="AdministrationException">Nothing could sign in its place.</exception>
    public async Task<bool> RevokeAsync(string kid, CancellationToken cancellationToken)
    {
        if (options.Value is { SignsWithSecret: true, SecretFile: var file } && secrets.Current!.Kid == kid)
            throw new AdministrationException($"{kid} is the current secret of {file}. Make another one current before: keys new-secret '{file}', keys use-next '{file}'");
        var before = await db.SigningKeys.AsNoTracking().ToListAsync(cancellationToken);
        var signs = before.SingleOrDefault(k => k.Kid == kid) is { } key && Schedule.StateOf(key, before, Now) == KeyState.Current;
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            var revoked = await db.SigningKeys.Where(k => k.Kid == kid && k.RevokedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(k => k.RevokedAt, Now), cancellationToken);
            if (revoked == 0) return false;
            await revocations.AppendAsync(Revocation.Key, [kid], Now, cancellationToken);
            await audit.SucceededAsync(AuditEvents.KeyRevoked, kid, cancellationToken: cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        revocationLog.Nudge();
        Log.Revoked(logger, kid);
        var keys = await db.SigningKeys.AsNoTracking().ToListAsync(cancellationToken);
        // The previous key has had its time; it must not sign again.
        if (signs) await CreateAsync(keys, Now, cancellationToken);
        return true;
    }

    private long? NextActivatesAt(List<SigningKey> keys)
    {
        var due = options.Value.SignsWithSecret
            ? Schedule.SecretActivatesAt(keys, secrets.Current!.Kid, Now)
            : Schedule.NewKeyActivatesAt(keys, options.Value.Algorithm, Now);
        // The secret that signs was taken out of the file before another one did: nothing to wait for.
        var signer = keys.Where(k => k.RevokedAt is null && k.ActivatesAt <= Now).MaxBy(k => k.Generation);
        return due is not null && signer is { IsHmac: true } && secrets.Find(signer.Kid) is null ? Now : due;
    }

    /// <returns>Null when another node was first.</returns>
    private async Task<SigningKey?> CreateAsync(List<SigningKey> keys, long activatesAt, CancellationToken cancellationToken)
    {
        var generation = keys.Count == 0 ? 1 : keys.Max(k => k.Generation) + 1;
        var (material, sealedKey) = NewKey();
        var key = new SigningKey
        {
            Kid = material.Kid,
            Generation = generation,
            Algorithm = material.Algorithm,
            SealedPrivateKey = sealedKey,
            CreatedAt = Now,
            ActivatesAt = activatesAt,
        };
        try
        {
            await InsertAsync(key, cancellationToken);
            Log.Made(logger, key.Algorithm, key.Kid, SignsFrom(key));
            return key;
        }
        catch (DbUpdateException) when (db.SigningKeys.AsNoTracking().Any(k => k.Generation == generation))
        {
            return null; // another node was first; the transaction is over when the filter above asks
        }
        finally
        {
            db.ChangeTracker.Clear();
        }
    }

    private (KeyMaterial Key, byte[] Sealed) NewKey()
    {
        if (options.Value.SignsWithSecret) return (secrets.Current!, []);
        var (key, pkcs8) = KeyMaterial.Create(options.Value.Algorithm);
        return (key, encryption.Seal(pkcs8, key.Kid));
    }

    private async Task InsertAsync(SigningKey key, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // A secret that signed before signs again, as a new generation.
        if (key.IsHmac) await db.SigningKeys.Where(k => k.Kid == key.Kid && k.RevokedAt == null).ExecuteDeleteAsync(cancellationToken);
        db.SigningKeys.Add(key);
        await db.SaveChangesAsync(cancellationToken);
        await audit.SucceededAsync(AuditEvents.KeyRotated, key.Kid, $"{key.Algorithm}, signs from {SignsFrom(key):u}", cancellationToken);
        await ChangeNotices.SendAsync(db, ChangeNotices.Keys, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static DateTimeOffset SignsFrom(SigningKey key) => DateTimeOffset.FromUnixTimeMilliseconds(key.ActivatesAt);

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
