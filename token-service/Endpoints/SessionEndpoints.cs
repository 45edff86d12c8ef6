using System.Text.Json.Serialization;
using FrontDoor.TokenService.Documentation;
using FrontDoor.TokenService.RefreshTokens;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>One of my devices. Times in RFC 3339.</summary>
internal sealed record SessionView(
    string Id, bool Current, string? Device, string? Address, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, DateTimeOffset ExpiresAt);

internal sealed record EndedSessions(int Ended);

/// <summary>
/// The signed-in user's sessions: <c>GET /api/sessions</c> lists, <c>DELETE /api/sessions/{id}</c> ends one, <c>DELETE /api/sessions</c> all,
/// <c>DELETE /api/sessions?others=true</c> all but this one. Needs an access token whose session lives.
/// </summary>
internal static class SessionEndpoints
{
    public static void MapSessionEndpoints(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/sessions", Signed(async (context, me, sessions) =>
        {
            var (page, refusal) = await SessionPage.ReadAsync(context, sessions, me.UserId);
            return page is null ? refusal! : TypedResults.Json(page.ConvertAll(s => View(s, me)), SessionJson.Default.ListSessionView);
        })).WithTags("Account").WithSummary("List my sessions, the latest first").SignedIn().ListsSessions().Produces<SessionView[]>();

        app.MapDelete("/api/sessions/{id}", Signed(async (context, me, sessions) =>
            await sessions.EndAsync(me.UserId, (string)context.Request.RouteValues["id"]!, CancellationToken.None)
                ? TypedResults.NoContent()
                : Answer.Fault(StatusCodes.Status404NotFound, "Not found.")))
            .WithTags("Account").WithSummary("End one of my sessions").SignedIn().Produces(StatusCodes.Status204NoContent).Refuses404();

        app.MapDelete("/api/sessions", Signed(async (context, me, sessions) => context.Request.Query["others"].ToString() switch
        {
            "" => await EndAllAsync(sessions, me, except: null),
            "true" => await EndAllAsync(sessions, me, except: me.SessionId),
            _ => Answer.Fields(new() { ["others"] = ["Must be true or absent."] }),
        })).WithTags("Account").WithSummary("End all my sessions").WithQuery("others", "`true`: all but this one").SignedIn().Produces<EndedSessions>().Refuses400();
    }

    private static async Task<IResult> EndAllAsync(Sessions sessions, IssuedToken me, string? except) => TypedResults.Json(
        new EndedSessions(await sessions.EndAllAsync(me.UserId, except, SessionEnd.SignedOut, CancellationToken.None)), SessionJson.Default.EndedSessions);

    // A Delegate, not a RequestDelegate: only then the framework describes the route.
    private static Delegate Signed(Func<HttpContext, IssuedToken, Sessions, Task<IResult>> handle) => async (HttpContext context) =>
    {
        context.Response.Headers.CacheControl = "no-store";
        var sessions = context.RequestServices.GetRequiredService<Sessions>();
        var (me, refusal) = await SignedInUser.ReadAsync(context, sessions);
        return me is null ? refusal! : await handle(context, me, sessions);
    };

    private static SessionView View(Session session, IssuedToken me) => new(
        session.Id, session.Id == me.SessionId, session.UserAgent, session.Address,
        DateTimeOffset.FromUnixTimeMilliseconds(session.CreatedAt),
        DateTimeOffset.FromUnixTimeMilliseconds(session.RotatedAt),
        DateTimeOffset.FromUnixTimeMilliseconds(session.ExpiresAt));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(List<SessionView>))]
[JsonSerializable(typeof(EndedSessions))]
internal sealed partial class SessionJson : JsonSerializerContext;
