using System.Security.Claims;
using FrontDoor.Gateway.Authentication;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Benchmarks.Micro;

/// <summary>A validated token of the size that ours have.</summary>
internal static class Sample
{
    public static ValidatedToken Validated(string token)
    {
        var jwt = new JsonWebToken(token);
        var result = new TokenValidationResult { IsValid = true, SecurityToken = jwt, ClaimsIdentity = new ClaimsIdentity(jwt.Claims, "Bearer", "name", "roles") };
        var validated = new ValidatedToken(Task.FromResult(result), null!, new JsonWebKey(), [], jwt.ValidTo);
        result.ClaimsIdentity.BootstrapContext = validated;
        return validated;
    }
}
