using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>
/// What a verified token says, as lists of text. The one place that knows which claims hold scopes and roles. Remembered with the token, so
/// a request finds lists that are ready.
/// </summary>
internal sealed class TokenClaims
{
    private const string ScopeClaim = "scope";
    private const string RolesClaim = "roles";

    private readonly ClaimsIdentity _identity;
    private readonly Remembered<string, string[]> _byPath;
    private readonly Remembered<Func<TokenClaims, object>, object> _made;

    public TokenClaims(ClaimsIdentity identity)
    {
        _identity = identity;
        _byPath = new(path => [.. ClaimPath.Values(_identity, path)]);
        _made = new(make => make(this));
        // One text with spaces between its items (RFC 8693 section 4.2), or an array.
        Scopes = [.. Texts(identity, ScopeClaim).SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        Roles = [.. Texts(identity, RolesClaim)];
    }

    public string[] Scopes { get; }

    public string[] Roles { get; }

    /// <summary>The claims of whom a request is from; of nobody, when it is from nobody.</summary>
    public static TokenClaims Of(ClaimsPrincipal user) => ValidatedToken.Of(user)?.Claims ?? new TokenClaims(user.Identity as ClaimsIdentity ?? new ClaimsIdentity());

    /// <summary>What another stage makes of it, made once.</summary>
    /// <param name="make">The same delegate each time: it is what the result is found by.</param>
    public T Made<T>(Func<TokenClaims, T> make)
        where T : class => (T)_made.Get(make);

    // An object is no name of anything, nor are the words in it: who may fill in one of its members would choose his scopes.
    private static IEnumerable<string> Texts(ClaimsIdentity identity, string claim) =>
        identity.FindAll(claim).Where(c => c.ValueType is not (JsonClaimValueTypes.JsonNull or JsonClaimValueTypes.Json or JsonClaimValueTypes.JsonArray)).Select(c => c.Value);

    /// <param name="path">See <see cref="ClaimPath"/>.</param>
    public string[] At(string path) => path switch
    {
        ScopeClaim => Scopes,
        RolesClaim => Roles,
        _ => _byPath.Get(path),
    };
}
