using FrontDoor.TokenService.Keys;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.TokenService.AccessTokens;

/// <summary>Turns claims into a signed JWT of one type.</summary>
internal sealed class TokenSigner(KeyRing keys)
{
    // Times are set by the caller from TimeProvider; the handler would otherwise add nbf and its own clock.
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <param name="type">The <c>typ</c> header (RFC 8725 section 3.11).</param>
    /// <param name="claims">All claims, times as Unix seconds.</param>
    public string Sign(string type, Dictionary<string, object> claims) => Sign(type, claims, out _);

    /// <param name="kid">The key that signed it.</param>
    /// <inheritdoc cref="Sign(string, Dictionary{string, object})"/>
    public string Sign(string type, Dictionary<string, object> claims, out string kid)
    {
        var key = keys.Current;
        kid = key.Kid;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = type,
            Claims = claims,
            SigningCredentials = key,
        });
    }
}
