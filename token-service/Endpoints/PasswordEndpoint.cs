using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Users;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>
/// <c>POST /api/password</c>: the signed-in user changes the password with <c>old_password</c> and <c>new_password</c>. All other sessions end; this one goes on.
/// </summary>
internal static class PasswordEndpoint
{
    public static void MapPasswordEndpoint(this IEndpointRouteBuilder app) => app.MapSignedInPostEndpoint<PasswordPair>("/api/password", "Password Change", ChangeAsync)
        .WithTags("Account").Produces<Nothing>().Produces<Detail>(StatusCodes.Status429TooManyRequests);

    private static async Task<Answer> ChangeAsync(HttpContext context, IssuedToken me, TextFields fields)
    {
        var services = context.RequestServices;
        // As a sign-in reads it: otherwise the new password might never be right.
        var trim = services.GetRequiredService<IOptions<UserOptions>>().Value.TrimPasswords;
        var oldPassword = fields.Read("old_password", trim);
        var newPassword = fields.Read("new_password", trim);
        if (fields.Refusal is { } faults) return faults;

        var address = context.Connection.RemoteIpAddress?.ToString();
        var result = await services.GetRequiredService<PasswordChange>().RunAsync(me.UserId, me.SessionId, oldPassword, newPassword, address, context.RequestAborted);
        return result switch
        {
            { RetryAfter: { } wait } => Answer.Throttled(context, wait),
            { WrongOldPassword: true } => Answer.Fields(new() { ["old_password"] = ["The old password is wrong."] }),
            { Faults.Count: > 0 } => Answer.Fields(new() { ["new_password"] = [.. result.Faults] }),
            _ => Answer.Ok(new Nothing()),
        };
    }
}
