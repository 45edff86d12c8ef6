using FrontDoor.TokenService.Documentation;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Users;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>
/// What every endpoint of the simplejwt contract shares: negotiation, methods, headers and body, in Django REST framework's order.
/// </summary>
internal static class PostEndpoint
{
    private static readonly string[] Renders = ["application/json"];

    /// <typeparam name="TFields">Has a property for each field, for those who ask what they are (<c>OPTIONS</c> and the OpenAPI document).</typeparam>
    /// <param name="app">Where to map.</param>
    /// <param name="pattern">Matches with and without a trailing slash.</param>
    /// <param name="name">The name in the answer to <c>OPTIONS</c>.</param>
    /// <param name="handle">Gets the fields; answers.</param>
    /// <returns>The POST, to be described further.</returns>
    public static RouteHandlerBuilder MapPostEndpoint<TFields>(
        this IEndpointRouteBuilder app, string pattern, string name, Func<HttpContext, TextFields, Task<Answer>> handle) => app.Map<TFields>(pattern, name, async context =>
    {
        var (fields, refusal) = await TextFields.ReadAsync(context);
        return refusal ?? await handle(context, fields!);
    });

    /// <summary>An endpoint for users who are signed in. Nobody else's body is read.</summary>
    /// <inheritdoc cref="MapPostEndpoint{TFields}"/>
    public static RouteHandlerBuilder MapSignedInPostEndpoint<TFields>(
        this IEndpointRouteBuilder app, string pattern, string name, Func<HttpContext, IssuedToken, TextFields, Task<Answer>> handle) => app.Map<TFields>(pattern, name, async context =>
    {
        var (me, refusal) = await SignedInUser.ReadAsync(context, context.RequestServices.GetRequiredService<Sessions>());
        if (me is null) return refusal!;
        var (fields, fault) = await TextFields.ReadAsync(context);
        return fault ?? await handle(context, me, fields!);
    }).SignedIn();

    private static RouteHandlerBuilder Map<TFields>(this IEndpointRouteBuilder app, string pattern, string name, Func<HttpContext, Task<Answer>> handle)
    {
        var metadata = new EndpointMetadata(name, "", Renders, RequestData.MediaTypes, new PostAction(FieldMetadata.Of(typeof(TFields))));
        // Two routes, since only what is mapped for one method is described.
        app.Map(pattern, async context => await (await AnswerAsync(context)).ExecuteAsync(context)).ExcludeFromDescription();
        return app.MapPost(pattern, (Delegate)AnswerAsync).WithSummary(name).TakesFields<TFields>();

        Task<Answer> AnswerAsync(HttpContext context)
        {
            var headers = context.Response.Headers;
            headers.Allow = "POST, OPTIONS";
            headers.Vary = "Accept";
            // RFC 6749 section 5.1: nothing that may hold a token is stored.
            headers.CacheControl = "no-store";
            return PostEndpoint.AnswerAsync(context, metadata, handle);
        }
    }

    /// <summary>An endpoint whose fields depend on what users sign in with.</summary>
    /// <inheritdoc cref="MapPostEndpoint{TFields}"/>
    public static RouteHandlerBuilder MapLoginEndpoint<TByName, TByEmail>(
        this IEndpointRouteBuilder app, string pattern, string name, Func<HttpContext, TextFields, Task<Answer>> handle) =>
        app.ServiceProvider.GetRequiredService<IOptions<UserOptions>>().Value.SignsInByEmail
            ? app.MapPostEndpoint<TByEmail>(pattern, name, handle)
            : app.MapPostEndpoint<TByName>(pattern, name, handle);

    private static async Task<Answer> AnswerAsync(HttpContext context, EndpointMetadata metadata, Func<HttpContext, Task<Answer>> handle)
    {
        var request = context.Request;
        if (!AcceptsJson(request)) return Answer.Fault(StatusCodes.Status406NotAcceptable, "Could not satisfy the request Accept header.");
        if (HttpMethods.IsOptions(request.Method)) return Answer.Ok(metadata);
        if (!HttpMethods.IsPost(request.Method)) return Answer.Fault(StatusCodes.Status405MethodNotAllowed, $"Method \"{request.Method}\" not allowed.");

        return await handle(context);
    }

    private static bool AcceptsJson(HttpRequest request)
    {
        if (request.Headers.Accept.Count == 0) return true;
        return MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
            && accepted.Any(a => a.Quality != 0 && (a.MatchesAllTypes || a.MatchesMediaType("application/json")));
    }
}
