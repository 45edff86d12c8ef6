using FrontDoor.TokenService.Storage;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Keys;

/// <summary>The key table's statements, and what rotation does with them. Several nodes may do it at once; one of them succeeds.</summary>
internal sealed partial class KeyStore(
    TokenDb db, KeyRows rows, HmacSecrets secrets, KeySchedule schedule, IOptions<KeyOptions> options, TimeProvider time, ILogger<KeyStore> logger)
{
    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task<IReadOnlyList<(SigningKey Key, KeyState State)>> ListAsync(CancellationToken cancellationToken)
    {
        var keys = await db.SigningKeys.AsNoTracking().OrderBy(k => k.Generation).ToListAsync(cancellationToken);
        return keys.ConvertAll(key => (key, schedule.StateOf(key, keys, Now)));
    }

    /// <summary>Makes the key that is due, if one is, and removes those that are gone.</summary>
    public async Task MaintainAsync(CancellationToken cancellationToken)
    {
        var keys = await db.SigningKeys.AsNoTracking().ToListAsync(cancellationToken);
        if (NextActivatesAt(keys) is { } activatesAt) await CreateAsync(keys, activatesAt, cancellationToken);

        // The newest is never gone, so a service that slept for a year wakes with its key.
        var gone = keys.Where(k => schedule.StateOf(k, keys, Now) == KeyState.Gone).Select(k => k.Kid).ToArray();
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

    private long? NextActivatesAt(List<SigningKey> keys)
    {
        var due = options.Value.SignsWithSecret
            ? schedule.SecretActivatesAt(keys, secrets.Current!.Kid, Now)
            : schedule.NewKeyActivatesAt(keys, options.Value.Algorithm, Now);
        // The secret that signs was taken out of the file before another one did: nothing to wait for.
        var signer = keys.Where(k => k.RevokedAt is null && k.ActivatesAt <= Now).MaxBy(k => k.Generation);
        return due is not null && signer is { IsHmac: true } && secrets.Find(signer.Kid) is null ? Now : due;
    }

    /// <returns>Null when another node was first.</returns>
    private async Task<SigningKey?> CreateAsync(List<SigningKey> keys, long activatesAt, CancellationToken cancellationToken)
    {
        var key = rows.New(keys, activatesAt);
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await rows.AddAsync(key, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            rows.Report(key);
            return key;
        }
        catch (DbUpdateException) when (db.SigningKeys.AsNoTracking().Any(k => k.Generation == key.Generation))
        {
            return null; // another node was first; the transaction is over when the filter above asks
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Removed keys that cover no living token: {Kids}")]
        public static partial void Removed(ILogger logger, string kids);
    }
}
