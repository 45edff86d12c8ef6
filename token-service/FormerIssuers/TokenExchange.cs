using System.Security.Cryptography;
using System.Text;
using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Storage;
using Microsoft.EntityFrameworkCore;

namespace FrontDoor.TokenService.FormerIssuers;

/// <summary>Turns a former issuer's refresh token into a session, once.</summary>
internal sealed partial class TokenExchange(TokenDb db, Sessions sessions, AuditLog audit, AuditSource source, ILogger<TokenExchange> logger)
{
    // Both databases make the second of two at once wait for the first, and then change nothing.
    private const string UseUpSql = """INSERT INTO "ExchangedTokens" ("Id", "ExpiresAt") VALUES ({0}, {1}) ON CONFLICT ("Id") DO NOTHING""";

    // An imported user begins at 0. A password that was changed or a user that was disabled since ends what the former issuer gave out, too.
    private const int AsImported = 0;

    /// <param name="scopes">Narrows the access token of this answer; null does not.</param>
    /// <returns>The new session's first pair; otherwise why there is none. A refused token is not used up.</returns>
    public async Task<RefreshResult> ExchangeAsync(FormerToken token, string? scopes, string? userAgent, string? address, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (!await UseUpAsync(token, cancellationToken)) return new(RefreshVerdict.Ended);
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == token.UserId && u.IsActive && u.CredentialVersion == AsImported, cancellationToken);
        if (user is null) return new(RefreshVerdict.UserInactive);
        var result = await sessions.TakeOverAsync(user, $"refresh token of former issuer {token.Issuer}", scopes, userAgent, address, cancellationToken);
        if (result.Access is null) return result;
        await transaction.CommitAsync(cancellationToken);
        Log.Exchanged(logger, token.Issuer, user.Id);
        return result;
    }

    /// <summary>Signs out: uses the token up without a session.</summary>
    /// <returns>False when it was already.</returns>
    public async Task<bool> EndAsync(FormerToken token, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (!await UseUpAsync(token, cancellationToken)) return false;
        source.Actor ??= token.UserId;
        await audit.SucceededAsync(AuditEvents.TokenRevoked, token.UserId, $"refresh token of former issuer {token.Issuer}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<bool> UseUpAsync(FormerToken token, CancellationToken cancellationToken) =>
        await db.Database.ExecuteSqlRawAsync(UseUpSql, [IdOf(token), token.ExpiresAt], cancellationToken) > 0;

    /// <summary>What can be said of it right now.</summary>
    public async Task<RefreshVerdict> LookAsync(FormerToken token, CancellationToken cancellationToken)
    {
        var id = IdOf(token);
        if (token.IsRefresh && await db.ExchangedTokens.AnyAsync(t => t.Id == id, cancellationToken)) return RefreshVerdict.Ended;
        return await db.Users.AnyAsync(u => u.Id == token.UserId && u.IsActive && u.CredentialVersion == AsImported, cancellationToken)
            ? RefreshVerdict.Current
            : RefreshVerdict.UserInactive;
    }

    /// <summary>Removes at most one batch of rows whose tokens have expired.</summary>
    /// <returns>How many.</returns>
    public Task<int> CleanUpAsync(long now, int batch, CancellationToken cancellationToken) => db.ExchangedTokens
        .Where(t => db.ExchangedTokens.Where(old => old.ExpiresAt <= now).OrderBy(old => old.ExpiresAt).Select(old => old.Id).Take(batch).Contains(t.Id))
        .ExecuteDeleteAsync(cancellationToken);

    // The name has no line break, so no two pairs of name and jti make one text.
    private static string IdOf(FormerToken token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{token.Issuer}\n{token.Jti}")));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "A refresh token of former issuer {Issuer} was exchanged for a session of user {UserId}")]
        public static partial void Exchanged(ILogger logger, string issuer, string userId);
    }
}
