using FrontDoor.TokenService.Documentation;
using FrontDoor.TokenService.Endpoints;
using FrontDoor.TokenService.Users;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Administration;

/// <summary><c>users</c>: list, add, look at, change, delete, disable and enable.</summary>
internal static class UserRoutes
{
    private const int MaxName = 256; // the width of the column

    public static void MapUsers(this IEndpointRouteBuilder administration)
    {
        administration.MapGet("/users", ListAsync).WithSummary("List users").Produces<Page<UserView>>().Refuses400()
            .WithQuery("search", "Part of the user name, in any case").WithQuery("after", "The `next` of the page before")
            .WithQuery("limit", "From 1 to 500; default 50");
        administration.MapPost("/users", AddAsync).WithSummary("Add a user").TakesFields<NewUser>().Produces<UserView>(StatusCodes.Status201Created);
        administration.MapGet("/users/{id}", GetAsync).WithSummary("Look at a user").Produces<UserView>().Refuses404();
        administration.MapPatch("/users/{id}", ChangeAsync)
            .WithSummary("Set what tokens say of a user; what is absent stays, what is null is cleared").TakesFields<ChangedUser>().Produces<UserView>().Refuses404();
        administration.MapDelete("/users/{id}", DeleteAsync)
            .WithSummary("Delete a user for good, and end all sessions").Produces(StatusCodes.Status204NoContent).Refuses404().RefusesLast();
        administration.MapPost("/users/{id}/disable", DisableAsync)
            .WithSummary("Bar a user from signing in and refreshing; Users:OnDisable says whether all sessions end").Produces<EndedSessions>().Refuses404().RefusesLast();
        administration.MapPost("/users/{id}/enable", EnableAsync).WithSummary("Let a user sign in again; lifts a lock, too").Produces<UserView>().Refuses404();
    }

    private static async Task<IResult> ListAsync(HttpContext context, UserDirectory users)
    {
        var query = new QueryFields(context.Request.Query);
        var (search, after, limit) = (query.Text("search"), query.Text("after"), (int)(query.Whole("limit", 1, 500) ?? 50));
        if (query.Refusal is { } refusal) return refusal;

        var found = await users.ListAsync(search, after, limit + 1, context.RequestAborted);
        return TypedResults.Ok(Page<UserView>.Of([.. found.Select(UserView.Of)], limit, user => user.Username));
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, UserAdministration users, UserDirectory directory, HashingGate gate, IOptions<UserOptions> options)
    {
        var (fields, refusal) = await TextFields.ReadAsync(context);
        if (fields is null) return refusal!;
        var (name, password) = (fields.Read("username", maxLength: MaxName), fields.Read("password", options.Value.TrimPasswords));
        var email = fields.Has("email") ? fields.Read("email", maxLength: UserFields.MaxLength) : null;
        var display = fields.Has("display_name") ? fields.Read("display_name", maxLength: MaxName) : null;
        IReadOnlyList<string> roles = fields.Has("roles") ? fields.ReadList("roles", RoleAdministration.MaxName) : [];
        if (fields.Refusal is { } faults) return faults;

        using var hashing = await gate.EnterAsync(context.RequestAborted);
        var added = await users.AddAsync(name, password, email, display, roles, CancellationToken.None);
        var view = UserView.Of((await directory.FindAsync(added.Id, CancellationToken.None))!);
        return TypedResults.Created($"{AdministrationSetup.Path}/users/{view.Id}", view);
    }

    private static Task<IResult> GetAsync(string id, UserDirectory directory) =>
        directory.OnOneAsync(id, user => Task.FromResult<IResult>(TypedResults.Ok(UserView.Of(user))));

    private static Task<IResult> ChangeAsync(HttpContext context, string id, UserDirectory directory, UserFields users) => directory.OnOneAsync(id, async found =>
    {
        var (fields, refusal) = await TextFields.ReadAsync(context);
        if (fields is null) return refusal!;
        var changes = new UserFieldChanges(
            fields.ReadChange("email", UserFields.MaxLength),
            fields.Has("email_confirmed") ? fields.ReadFlag("email_confirmed") : null,
            fields.ReadChange("display_name", UserFields.MaxLength),
            fields.ReadChange("phone_number", UserFields.MaxLength),
            fields.Has("claims") ? fields.ReadList("claims", UserFields.LongestClaim) : null);
        if (fields.Refusal is { } faults) return faults;

        await users.SetAsync(found.User.UserName!, changes, CancellationToken.None);
        return TypedResults.Ok(UserView.Of((await directory.FindAsync(id, CancellationToken.None))!));
    });

    private static Task<IResult> DeleteAsync(string id, UserDirectory directory, UserAdministration users) => directory.OnOneAsync(id, async found =>
    {
        await users.DeleteAsync(found.User.UserName!, CancellationToken.None);
        return TypedResults.NoContent();
    });

    private static Task<IResult> DisableAsync(string id, UserDirectory directory, UserAdministration users) => directory.OnOneAsync(id, async found =>
        TypedResults.Ok(new EndedSessions(await users.DisableAsync(found.User.UserName!, CancellationToken.None))));

    private static Task<IResult> EnableAsync(string id, UserDirectory directory, UserAdministration users) => directory.OnOneAsync(id, async found =>
    {
        await users.EnableAsync(found.User.UserName!);
        return TypedResults.Ok(UserView.Of((await directory.FindAsync(id, CancellationToken.None))!));
    });

    /// <summary>409 for the last active administrator.</summary>
    public static RouteHandlerBuilder RefusesLast(this RouteHandlerBuilder endpoint) => endpoint.Produces<Detail>(StatusCodes.Status409Conflict);

    /// <summary>Does something to the user of this id; 404 where there is none.</summary>
    public static async Task<IResult> OnOneAsync(this UserDirectory directory, string id, Func<ListedUser, Task<IResult>> act) =>
        await directory.FindAsync(id, CancellationToken.None) is { } user ? await act(user) : Answer.Fault(StatusCodes.Status404NotFound, "Not found.");
}
