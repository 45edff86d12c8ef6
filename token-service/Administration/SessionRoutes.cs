using FrontDoor.TokenService.Documentation;
using FrontDoor.TokenService.Endpoints;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Users;

namespace FrontDoor.TokenService.Administration;

/// <summary><c>users/{id}/sessions</c> and <c>sessions/{id}</c>.</summary>
internal static class SessionRoutes
{
    public static void MapSessions(this IEndpointRouteBuilder administration)
    {
        administration.MapGet("/users/{id}/sessions", ListAsync)
            .WithSummary("List a user's living sessions, the latest first").ListsSessions().Produces<DeviceView[]>().Refuses404();
        administration.MapDelete("/users/{id}/sessions", EndAllAsync).WithSummary("End all sessions of a user").Produces<EndedSessions>().Refuses404();
        administration.MapDelete("/sessions/{id}", EndAsync).WithSummary("End a session").Produces(StatusCodes.Status204NoContent).Refuses404();
    }

    private static Task<IResult> ListAsync(HttpContext context, string id, UserDirectory directory, Sessions sessions) => directory.OnOneAsync(id, async _ =>
    {
        var (page, refusal) = await SessionPage.ReadAsync(context, sessions, id);
        return page is null ? refusal! : TypedResults.Ok(page.ConvertAll(DeviceView.Of));
    });

    private static Task<IResult> EndAllAsync(string id, UserDirectory directory, Sessions sessions) => directory.OnOneAsync(id, async _ =>
        TypedResults.Ok(new EndedSessions(await sessions.EndAllAsync(id, except: null, SessionEnd.EndedByAdministrator, CancellationToken.None))));

    private static async Task<IResult> EndAsync(string id, Sessions sessions) =>
        await sessions.EndAsAdministratorAsync(id, CancellationToken.None) ? TypedResults.NoContent() : Answer.Fault(StatusCodes.Status404NotFound, "Not found.");
}
