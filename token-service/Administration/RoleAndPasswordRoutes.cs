using FrontDoor.TokenService.Documentation;
using FrontDoor.TokenService.Endpoints;
using FrontDoor.TokenService.Users;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Administration;

/// <summary><c>users/{id}/roles</c> and <c>users/{id}/password</c>.</summary>
internal static class RoleAndPasswordRoutes
{
    public static void MapRolesAndPasswords(this IEndpointRouteBuilder administration)
    {
        administration.MapPut("/users/{id}/roles", SetRolesAsync)
            .WithSummary("Set all roles of a user; Users:OnRoleChange says what becomes of the sessions").TakesFields<NewRoles>().Produces<UserView>().Refuses404().RefusesLast();
        administration.MapPut("/users/{id}/password", ResetPasswordAsync)
            .WithSummary("Set a new password, lift a lock and end all sessions").TakesFields<NewPassword>().Produces<EndedSessions>().Refuses404();
    }

    private static Task<IResult> SetRolesAsync(HttpContext context, string id, UserDirectory directory, UserAdministration users) =>
        directory.OnOneAsync(id, async found =>
        {
            var (fields, refusal) = await TextFields.ReadAsync(context);
            if (fields is null) return refusal!;
            var roles = fields.ReadList("roles", RoleAdministration.MaxName);
            if (fields.Refusal is { } faults) return faults;

            await users.SetRolesAsync(found.User.UserName!, roles, CancellationToken.None);
            return TypedResults.Ok(UserView.Of((await directory.FindAsync(id, CancellationToken.None))!));
        });

    private static Task<IResult> ResetPasswordAsync(
        HttpContext context, string id, UserDirectory directory, UserAdministration users, HashingGate gate, IOptions<UserOptions> options) =>
        directory.OnOneAsync(id, async found =>
        {
            var (fields, refusal) = await TextFields.ReadAsync(context);
            if (fields is null) return refusal!;
            var password = fields.Read("password", options.Value.TrimPasswords);
            if (fields.Refusal is { } faults) return faults;

            using var hashing = await gate.EnterAsync(context.RequestAborted);
            return TypedResults.Ok(new EndedSessions(await users.ResetPasswordAsync(found.User.UserName!, password, CancellationToken.None)));
        });
}
