using System.Security.Cryptography;
using System.Text;
using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Revocations;
using FrontDoor.TokenService.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;

namespace FrontDoor.TokenService.Clients;

/// <summary>A client's own access token, as it was read back.</summary>
internal sealed record ClientToken(string ClientId, string Registration, string Jti)
{
    /// <returns>Null when the token, whose signature holds, is of another kind.</returns>
    public static ClientToken? Describe(JsonWebToken jwt) =>
        jwt.Typ == AccessTokenIssuer.Type
        && jwt.TryGetPayloadValue<string>("client_id", out var client)
        && jwt.TryGetPayloadValue<string>(ClientTokens.RegistrationClaim, out var registration)
        && jwt.TryGetPayloadValue<string>("jti", out var jti) ? new ClientToken(client, registration, jti) : null;
}

/// <summary>The access tokens that clients get for themselves (RFC 6749 section 4.4, RFC 9068): issue, look at, revoke.</summary>
internal sealed class ClientTokens(
    TokenSigner signer,
    ClientStore store,
    RevocationStore revocations,
    RevocationLog log,
    AuditLog audit,
    TokenDb db,
    IOptions<ClientOptions> options,
    IOptions<AccessTokenOptions> issuing,
    TimeProvider time)
{
    /// <summary>
    /// Names one registration of a client: whoever removes a client revokes by it, exactly, and the same id can be added again at once.
    /// </summary>
    public const string RegistrationClaim = "client_registration";

    public static string RegistrationOf(Client client) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{client.CreatedAt} {client.Id}")).AsSpan(0, 16));

    public (string Token, TimeSpan Lifetime) Issue(Client client, IEnumerable<string> scopes)
    {
        var lifetime = options.Value.TokenLifetime;
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var token = signer.Sign(AccessTokenIssuer.Type, new Dictionary<string, object>
        {
            ["iss"] = issuing.Value.Issuer,
            // RFC 9068 section 2.2: where no resource owner is involved, sub is the client.
            ["sub"] = client.Id,
            ["client_id"] = client.Id,
            ["aud"] = client.Audience ?? issuing.Value.Audience,
            ["exp"] = now + (long)lifetime.TotalSeconds,
            ["iat"] = now,
            ["jti"] = RandomNumberGenerator.GetHexString(32, lowercase: true),
            ["token_type"] = "access",
            ["scope"] = string.Join(' ', scopes),
            [RegistrationClaim] = RegistrationOf(client),
        });
        return (token, lifetime);
    }

    public async Task<bool> IsAliveAsync(ClientToken token, CancellationToken cancellationToken) =>
        await store.FindAsync(token.ClientId, cancellationToken) is { } client && RegistrationOf(client) == token.Registration
        && !await IsRevokedAsync(token, cancellationToken);

    public async Task RevokeAsync(ClientToken token, CancellationToken cancellationToken)
    {
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            if (await IsRevokedAsync(token, cancellationToken)) return;
            await revocations.AppendAsync(Revocation.Token, [token.Jti], time.GetUtcNow().ToUnixTimeMilliseconds(), cancellationToken);
            await audit.SucceededAsync(AuditEvents.TokenRevoked, token.ClientId, $"jti {token.Jti}", cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        log.Nudge();
    }

    private Task<bool> IsRevokedAsync(ClientToken token, CancellationToken cancellationToken) =>
        db.Revocations.AnyAsync(r => r.Kind == Revocation.Token && r.Subject == token.Jti, cancellationToken);
}
