using System.Security.Cryptography;
using FrontDoor.TokenService.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.TokenService.Keys;

/// <summary>Loads the ring from the database; makes the first key where there is none.</summary>
internal sealed partial class LoadKeysOnStart(
    IServiceScopeFactory scopes, KeyEncryption encryption, KeyRing ring, TimeProvider time, ILogger<LoadKeysOnStart> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TokenDb>();

        var keys = await ReadAsync(db, cancellationToken);
        if (keys.Count == 0)
        {
            await CreateFirstAsync(db, cancellationToken);
            keys = await ReadAsync(db, cancellationToken);
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var current = keys.Where(k => k.ActivatesAt <= now).MaxBy(k => k.Generation) ?? keys.MinBy(k => k.Generation)!;
        ring.Load(keys.ConvertAll(k => (k.Kid, Unseal(k))), current.Kid);
        Log.Loaded(logger, keys.Count, current.Kid);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static Task<List<SigningKey>> ReadAsync(TokenDb db, CancellationToken cancellationToken) =>
        db.SigningKeys.AsNoTracking().OrderBy(k => k.Generation).ToListAsync(cancellationToken);

    private async Task CreateFirstAsync(TokenDb db, CancellationToken cancellationToken)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var kid = Base64UrlEncoder.Encode(new ECDsaSecurityKey(key).ComputeJwkThumbprint());
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        db.SigningKeys.Add(new SigningKey
        {
            Kid = kid,
            Generation = 1,
            Algorithm = SecurityAlgorithms.EcdsaSha256,
            SealedPrivateKey = encryption.Seal(key.ExportPkcs8PrivateKey(), kid),
            CreatedAt = now,
            ActivatesAt = now,
        });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (db.SigningKeys.AsNoTracking().Any(k => k.Generation == 1))
        {
            // Another node made it first; the caller reads that one.
        }

        db.ChangeTracker.Clear();
    }

    private ECDsa Unseal(SigningKey key)
    {
        var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(encryption.Open(key.SealedPrivateKey, key.Kid), out _);
        return ecdsa;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Loaded {Count} signing key(s); {Kid} signs")]
        public static partial void Loaded(ILogger logger, int count, string kid);
    }
}
