using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Users;

namespace FrontDoor.TokenService.Clients;

/// <summary>How a client's authentication ended: the client, or how long to wait, or neither.</summary>
internal readonly record struct ClientCheck(Client? Client, TimeSpan? RetryAfter);

/// <summary>Checks a client's id and secret (RFC 6749 section 2.3.1).</summary>
internal sealed class ClientAuthentication(ClientStore store, FailureThrottle throttle, AuditLog audit, AuditSource source, TimeProvider time)
{
    /// <param name="address">The caller's, for throttling.</param>
    public async Task<ClientCheck> CheckAsync(string id, string secret, string? address, CancellationToken cancellationToken)
    {
        // By id and address together: 256 random bits are not guessed from anywhere, and counted by id alone, a stranger's failures would keep
        // the service itself out. No user name that is typed can have the first character, so nobody counts for a client by signing in.
        var guesser = $"\0client {address} {id}";
        if (throttle.Wait(guesser, address) is { } wait) return new(null, wait);

        var client = ClientRules.IsId(id) ? await store.FindAsync(id, cancellationToken) : null;
        if (ClientSecrets.Matches(client, secret, time.GetUtcNow().ToUnixTimeMilliseconds()))
        {
            source.Actor = client!.Id;
            return new(client, null);
        }

        throttle.Fail(guesser, address);
        // An unknown id is not written down: it may be a secret in the wrong field. Who hangs up has tried all the same.
        await audit.FailedAsync(AuditEvents.ClientAuthenticationFailed, client?.Id, client is null ? "unknown client" : "wrong secret", CancellationToken.None);
        return default;
    }
}
