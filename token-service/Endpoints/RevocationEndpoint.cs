using FrontDoor.TokenService.Clients;
using FrontDoor.TokenService.RefreshTokens;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>
/// <c>POST /oauth/revoke</c> (RFC 7009). A session's access and refresh token live and die together, so either ends the session (section 2.1 allows
/// it): whoever revokes one has found it where it should not be. They belong to no client, so every client that holds one may. A client's own
/// token ends alone, and nobody else's request ends it.
/// </summary>
internal static class RevocationEndpoint
{
    // token_type_hint is not looked at: the token itself says what it is (section 2.1), and an invalid hint is to be ignored (section 2.2.1).
    // unsupported_token_type never applies: all kinds that are issued can be revoked.
    public static async Task<OAuthAnswer> AnswerAsync(HttpContext context, Client client, OAuthForm form)
    {
        if (form["token"] is not { } text) return OAuthAnswer.InvalidRequest("token is required.");

        var services = context.RequestServices;
        var reader = services.GetRequiredService<IssuedTokenReader>();
        var (jwt, _) = await reader.ValidateAsync(text);
        // Section 2.2: of a token that is not alive there is nothing to revoke, and that is a success.
        if (jwt is null) return OAuthAnswer.Ok();

        // Not RequestAborted: a client that leaves has asked all the same.
        if (reader.Describe(jwt) is { } session)
        {
            await services.GetRequiredService<Sessions>().EndAsync(session, CancellationToken.None);
        }
        else if (ClientToken.Describe(jwt) is { } token)
        {
            if (token.ClientId != client.Id) return OAuthAnswer.Refused("unauthorized_client", "The token was issued to another client.");
            await services.GetRequiredService<ClientTokens>().RevokeAsync(token, CancellationToken.None);
        }

        return OAuthAnswer.Ok();
    }
}
