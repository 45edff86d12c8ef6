using FrontDoor.TokenService.Clients;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.IdentityModel.JsonWebTokens;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>
/// <c>POST /oauth/introspect</c> (RFC 7662): whether a token is alive this moment, by its session or client and not by its signature alone. A refresh
/// token is alive while it is the current one of its session.
/// </summary>
internal static class IntrospectionEndpoint
{
    public static async Task<OAuthAnswer> AnswerAsync(HttpContext context, Client _, OAuthForm form)
    {
        if (form["token"] is not { } text) return OAuthAnswer.InvalidRequest("token is required.");
        return OAuthAnswer.Ok(await LookAsync(context, text) ?? new Introspection(Active: false));
    }

    private static async Task<Introspection?> LookAsync(HttpContext context, string text)
    {
        var services = context.RequestServices;
        var reader = services.GetRequiredService<IssuedTokenReader>();
        var (jwt, _) = await reader.ValidateAsync(text);
        if (jwt is null) return null;

        if (reader.Describe(jwt) is { } token)
        {
            if (await services.GetRequiredService<Sessions>().LookAsync(token, context.RequestAborted) != RefreshVerdict.Current) return null;
            var user = await services.GetRequiredService<UserManager<User>>().FindByIdAsync(token.UserId);
            return Describe(jwt) with { Sub = token.UserId, Username = user?.UserName, TokenType = token.Counter is null ? "Bearer" : "refresh_token" };
        }

        return ClientToken.Describe(jwt) is { } own && await services.GetRequiredService<ClientTokens>().IsAliveAsync(own, context.RequestAborted)
            ? Describe(jwt) with { TokenType = "Bearer" }
            : null;
    }

    private static Introspection Describe(JsonWebToken jwt) => new(Active: true)
    {
        Scope = Text(jwt, "scope"),
        ClientId = Text(jwt, "client_id"),
        Exp = jwt.GetPayloadValue<long>("exp"),
        Iat = jwt.GetPayloadValue<long>("iat"),
        Sub = Text(jwt, "sub"),
        Aud = Text(jwt, "aud"),
        Iss = jwt.Issuer,
        Jti = jwt.Id,
        Sid = Text(jwt, "sid"),
    };

    private static string? Text(JsonWebToken jwt, string claim) => jwt.TryGetPayloadValue<string>(claim, out var value) ? value : null;
}
