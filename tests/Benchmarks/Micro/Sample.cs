using FrontDoor.Gateway.Authentication;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Benchmarks.Micro;

/// <summary>A validated token of the size that ours have.</summary>
internal static class Sample
{
    public static ValidatedToken Validated(string token)
    {
        var payload = (TokenShape.Read(token) ?? throw new BenchmarkException("the sample is no token")).Claims;
        return new ValidatedToken(new TokenClaims(payload), null!, new JsonWebKey(), RevocableNames.Of(payload, "kid"), DateTime.MaxValue);
    }
}
