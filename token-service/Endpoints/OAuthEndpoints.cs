using FrontDoor.TokenService.Clients;
using FrontDoor.TokenService.Documentation;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>
/// What clients ask for: <c>/oauth/token</c> (RFC 6749 section 4.4), <c>/oauth/revoke</c> (RFC 7009) and <c>/oauth/introspect</c> (RFC 7662).
/// Users sign in at <c>/api/token</c>; there is no password grant (RFC 9700 section 2.4).
/// </summary>
internal static class OAuthEndpoints
{
    public const string TokenPath = "/oauth/token";
    public const string RevocationPath = "/oauth/revoke";
    public const string IntrospectionPath = "/oauth/introspect";

    public static readonly IReadOnlyList<string> GrantTypes = [ClientTokenEndpoint.GrantType];
    public static readonly IReadOnlyList<string> AuthenticationMethods = ["client_secret_basic", "client_secret_post"];

    public static void MapOAuth(this IEndpointRouteBuilder app)
    {
        app.MapForClients<ClientTokenQuestion>(TokenPath, ClientTokenEndpoint.AnswerAsync)
            .WithSummary("Get an access token for a client; `grant_type` is `client_credentials`").Produces<ClientTokenAnswer>();
        app.MapForClients<TokenQuestion>(RevocationPath, RevocationEndpoint.AnswerAsync)
            .WithSummary("End a client's token, or the session of a user's").Produces(StatusCodes.Status200OK);
        app.MapForClients<TokenQuestion>(IntrospectionPath, IntrospectionEndpoint.AnswerAsync)
            .WithSummary("Ask whether a token is alive").Produces<Introspection>();
    }

    /// <summary>Whether it is the path of an OAuth endpoint, whose errors have a form of their own.</summary>
    public static bool Has(PathString path) => path.StartsWithSegments("/oauth");

    /// <typeparam name="TForm">Has a property for each parameter, for the OpenAPI document.</typeparam>
    /// <param name="app">Where to map.</param>
    /// <param name="pattern">Matches with and without a trailing slash.</param>
    /// <param name="handle">Gets the authenticated client and the parameters; answers.</param>
    private static RouteHandlerBuilder MapForClients<TForm>(
        this IEndpointRouteBuilder app, string pattern, Func<HttpContext, Client, OAuthForm, Task<OAuthAnswer>> handle)
    {
        // A Delegate, not a RequestDelegate: only then the framework describes the route.
        return app.MapPost(pattern, (Delegate)AnswerOneAsync).WithTags("Clients").TakesClientForm<TForm>();

        Task<OAuthAnswer> AnswerOneAsync(HttpContext context) => AnswerAsync(context, handle);
    }

    private static async Task<OAuthAnswer> AnswerAsync(HttpContext context, Func<HttpContext, Client, OAuthForm, Task<OAuthAnswer>> handle)
    {
        var (form, unreadable) = await OAuthForm.ReadAsync(context.Request, context.RequestAborted);
        if (form is null) return unreadable!;
        var (credentials, refusal) = ClientCredentials.Read(context.Request.Headers.Authorization, form);
        if (credentials is null) return refusal!;

        var authentication = context.RequestServices.GetRequiredService<ClientAuthentication>();
        var address = context.Connection.RemoteIpAddress?.ToString();
        var (client, wait) = await authentication.CheckAsync(credentials.Id, credentials.Secret, address, context.RequestAborted);
        if (wait is not null) return OAuthAnswer.Throttled(context, wait.Value);
        return client is null ? OAuthAnswer.InvalidClient() : await handle(context, client, form);
    }
}
