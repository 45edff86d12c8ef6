using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Keys;

/// <summary>Makes the rows of the key table, and adds them.</summary>
internal sealed partial class KeyRows(
    TokenDb db, KeyEncryption encryption, HmacSecrets secrets, AuditLog audit, IOptions<KeyOptions> options, TimeProvider time, ILogger<KeyRows> logger)
{
    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A new key of the configured algorithm, or the current secret of the file.</summary>
    /// <param name="keys">All keys of the database.</param>
    public SigningKey New(List<SigningKey> keys, long activatesAt)
    {
        if (options.Value.SignsWithSecret) return For(keys, secrets.Current!, [], activatesAt);
        var (key, pkcs8) = KeyMaterial.Create(options.Value.Algorithm);
        return For(keys, key, encryption.Seal(pkcs8, key.Kid), activatesAt);
    }

    /// <summary>A row for a key that exists.</summary>
    /// <inheritdoc cref="New"/>
    public SigningKey For(List<SigningKey> keys, KeyMaterial material, byte[] sealedKey, long activatesAt, long? revokedAt = null) => new()
    {
        Kid = material.Kid,
        Generation = keys.Count == 0 ? 1 : keys.Max(k => k.Generation) + 1,
        Algorithm = material.Algorithm,
        SealedPrivateKey = sealedKey,
        CreatedAt = Now,
        ActivatesAt = activatesAt,
        RevokedAt = revokedAt,
    };

    /// <summary>Adds a key that is to sign, inside the caller's transaction.</summary>
    public async Task AddAsync(SigningKey key, CancellationToken cancellationToken)
    {
        // A secret that signed before signs again, as a new generation.
        if (key.IsHmac) await db.SigningKeys.Where(k => k.Kid == key.Kid && k.RevokedAt == null).ExecuteDeleteAsync(cancellationToken);
        await InsertAsync(key, cancellationToken);
        await audit.SucceededAsync(AuditEvents.KeyRotated, key.Kid, $"{key.Algorithm}, signs from {SignsFrom(key):u}", cancellationToken);
        await ChangeNotices.SendAsync(db, ChangeNotices.Keys, cancellationToken);
    }

    /// <summary>Call when what was added is committed.</summary>
    public void Report(SigningKey key) => Log.Made(logger, key.Algorithm, key.Kid, SignsFrom(key));

    /// <exception cref="DbUpdateException">There is a key of this generation already.</exception>
    public async Task InsertAsync(SigningKey key, CancellationToken cancellationToken)
    {
        db.SigningKeys.Add(key);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        finally
        {
            db.ChangeTracker.Clear();
        }
    }

    private static DateTimeOffset SignsFrom(SigningKey key) => DateTimeOffset.FromUnixTimeMilliseconds(key.ActivatesAt);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Made {Algorithm} key {Kid}; it signs from {From}")]
        public static partial void Made(ILogger logger, string algorithm, string kid, DateTimeOffset from);
    }
}
