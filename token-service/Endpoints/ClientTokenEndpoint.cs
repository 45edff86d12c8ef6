using FrontDoor.TokenService.Clients;

namespace FrontDoor.TokenService.Endpoints;

/// <summary><c>POST /oauth/token</c>: a client gets an access token for itself (RFC 6749 section 4.4). There is no refresh token: it asks again.</summary>
internal static class ClientTokenEndpoint
{
    public const string GrantType = "client_credentials";

    public static Task<OAuthAnswer> AnswerAsync(HttpContext context, Client client, OAuthForm form) => Task.FromResult(Answer(context, client, form));

    private static OAuthAnswer Answer(HttpContext context, Client client, OAuthForm form)
    {
        if (form["grant_type"] is not { } grant) return OAuthAnswer.InvalidRequest("grant_type is required.");
        if (grant != GrantType) return OAuthAnswer.Refused("unsupported_grant_type", $"The one grant_type here is {GrantType}.");

        var allowed = client.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // RFC 6749 section 3.3: one space between scopes, in any order; none asked for means all that the client has.
        var asked = form["scope"]?.Split(' ') ?? allowed;
        if (asked.Except(allowed).Any()) return OAuthAnswer.Refused("invalid_scope", "A scope is malformed or not one of this client.");

        string[] scopes = [.. allowed.Intersect(asked)];
        var (token, lifetime) = context.RequestServices.GetRequiredService<ClientTokens>().Issue(client, scopes);
        return OAuthAnswer.Ok(new ClientTokenAnswer(token, "Bearer", (long)lifetime.TotalSeconds, string.Join(' ', scopes)));
    }
}
