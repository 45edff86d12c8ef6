using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using Microsoft.Extensions.Primitives;

namespace FrontDoor.SampleBackend;

/// <summary>
/// Who is calling, as the gateway vouches for it. This is all the auth code a back end needs: the gateway has verified the
/// token, removed whatever the client sent under these names, and stamped its own. So it holds only where this port is
/// reachable from the gateway alone.
/// </summary>
/// <param name="User">The token's subject: the stable id to store, never the name.</param>
/// <param name="Name">The name to show, if the token has one.</param>
/// <param name="Roles">The roles, in the token's order.</param>
/// <param name="Scopes">The scopes, in the token's order.</param>
internal sealed record ForwardedIdentity(string User, string? Name, IReadOnlyList<string> Roles, IReadOnlyList<string> Scopes)
{
    /// <summary>Lets an endpoint take a <c>ForwardedIdentity?</c> parameter: null when no identity arrived.</summary>
    public static ValueTask<ForwardedIdentity?> BindAsync(HttpContext context) =>
        ValueTask.FromResult(TryRead(context.Request.Headers, out var identity) ? identity.ConfirmedBy(context.User) : null);

    // Of what a token was verified for, its word counts: the header fields beside it are not signed.
    private ForwardedIdentity ConfirmedBy(ClaimsPrincipal verified) => verified.Identity is not { IsAuthenticated: true } ? this : this with
    {
        Roles = [.. verified.FindAll("roles").Select(c => c.Value)],
        Scopes = verified.FindFirst("scope")?.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
    };

    public static bool TryRead(IHeaderDictionary headers, [NotNullWhen(true)] out ForwardedIdentity? identity)
    {
        // Two of them were not both stamped by the gateway, and nothing tells which one was.
        if (headers["X-Forwarded-User"] is not [{ Length: > 0 } user])
        {
            identity = null;
            return false;
        }

        identity = new ForwardedIdentity(
            Decode(user),
            headers["X-Forwarded-Name"] is [{ Length: > 0 } name] ? Decode(name) : null,
            DecodeList(headers["X-Forwarded-Roles"]),
            DecodeList(headers["X-Forwarded-Scopes"]));
        return true;
    }

    // Split first, decode after: a comma inside a value arrives as %2C.
    private static string[] DecodeList(StringValues lists) =>
        [.. lists.SelectMany(list => (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)).Select(Decode)];

    // The gateway writes UTF-8 and percent-encodes what a header cannot carry: spaces, accents, control characters, '%' and ','.
    private static string Decode(string value) => Uri.UnescapeDataString(value.Trim());
}
