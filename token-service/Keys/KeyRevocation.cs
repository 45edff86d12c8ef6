using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Revocations;
using FrontDoor.TokenService.Storage;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Keys;

/// <summary>Withdraws keys in an emergency.</summary>
internal sealed partial class KeyRevocation(
    TokenDb db,
    KeyRows rows,
    HmacSecrets secrets,
    KeySchedule schedule,
    RevocationStore revocations,
    RevocationLog revocationLog,
    AuditLog audit,
    IOptions<KeyOptions> options,
    TimeProvider time,
    ILogger<KeyRevocation> logger)
{
    private const int MostAttempts = 5;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// Withdraws a key: what it signed is refused here at once and at every gateway within a second. Where it was the current one, its replacement is there in the
    /// same moment: at no node the key before it, which has had its time, may sign again. A secret that has not signed yet is barred for good.
    /// </summary>
    /// <returns>False when there is no such key.</returns>
    /// <exception cref="AdministrationException">Nothing could sign in its place.</exception>
    public async Task<bool> RevokeAsync(string kid, CancellationToken cancellationToken)
    {
        if (options.Value is { SignsWithSecret: true, SecretFile: var file } && secrets.Current!.Kid == kid)
            throw new AdministrationException($"{kid} is the current secret of {file}. Make another one current before: keys new-secret '{file}', keys use-next '{file}'");
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (!await RevokeOnceAsync(kid, cancellationToken)) return false;
                break;
            }
            catch (DbUpdateException) when (attempt < MostAttempts)
            {
                // Another node made the key of the same generation meanwhile; nothing was revoked yet, and now its key is seen.
            }
        }

        revocationLog.Nudge();
        Log.Revoked(logger, kid);
        return true;
    }

    private async Task<bool> RevokeOnceAsync(string kid, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Before anything is read: of two that are revoked at once the second one may be the first one's replacement.
        await revocations.TakeTurnAsync(cancellationToken);
        var keys = await db.SigningKeys.AsNoTracking().ToListAsync(cancellationToken);
        SigningKey? made = null;
        if (keys.SingleOrDefault(k => k.Kid == kid) is { } key)
        {
            if (key.RevokedAt is not null) return false;
            await db.SigningKeys.Where(k => k.Kid == kid).ExecuteUpdateAsync(set => set.SetProperty(k => k.RevokedAt, Now), cancellationToken);
            if (schedule.StateOf(key, keys, Now) == KeyState.Current) made = await ReplaceAsync(key, keys, cancellationToken);
        }
        else if (secrets.Find(kid) is { } standby)
        {
            await rows.InsertAsync(rows.For(keys, standby, [], Now, revokedAt: Now), cancellationToken);
        }
        else
        {
            return false;
        }

        await revocations.AppendAsync(Revocation.Key, [kid], Now, cancellationToken);
        await audit.SucceededAsync(AuditEvents.KeyRevoked, kid, cancellationToken: cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (made is not null) rows.Report(made);
        return true;
    }

    /// <summary>Lets the next key sign in place of the revoked one, or makes one.</summary>
    /// <returns>What was made; null for none.</returns>
    private async Task<SigningKey?> ReplaceAsync(SigningKey revoked, List<SigningKey> keys, CancellationToken cancellationToken)
    {
        // By the clock of a node that is behind, what signs from now does not sign yet, and the key before would. Not earlier than the revoked one did: the key
        // before verifies for as long as it would have.
        var from = Math.Max(revoked.ActivatesAt, Now - KeySchedule.ClockDifference);
        var next = keys.Where(k => k.RevokedAt is null && k.ActivatesAt > Now && !(k.IsHmac && secrets.Find(k.Kid) is null)).MaxBy(k => k.Generation);
        if (next is null)
        {
            var made = rows.New(keys, from);
            await rows.AddAsync(made, cancellationToken);
            return made;
        }

        await db.SigningKeys.Where(k => k.Kid == next.Kid).ExecuteUpdateAsync(set => set.SetProperty(k => k.ActivatesAt, from), cancellationToken);
        await audit.SucceededAsync(AuditEvents.KeyRotated, next.Kid, $"{next.Algorithm}, signs at once", cancellationToken);
        await ChangeNotices.SendAsync(db, ChangeNotices.Keys, cancellationToken);
        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Key {Kid} has been revoked: every token it signed is refused")]
        public static partial void Revoked(ILogger logger, string kid);
    }
}
