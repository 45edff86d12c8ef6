using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Users;
using Microsoft.Extensions.Options;
using UserManager = Microsoft.AspNetCore.Identity.UserManager<FrontDoor.TokenService.Users.User>;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>What a sign-in sends, of whatever kind its tokens are to be.</summary>
/// <param name="login">User name or e-mail address.</param>
/// <param name="scopes">What the tokens should have at most; null for all that the user may have.</param>
internal sealed class SignIn(string login, string password, string? scopes)
{
    public string? Scopes => scopes;

    public static SignIn Read(HttpContext context, TextFields fields)
    {
        var services = context.RequestServices;
        return new SignIn(
            fields.Read(services.GetRequiredService<LoginNames>().Field),
            fields.Read("password", services.GetRequiredService<IOptions<UserOptions>>().Value.TrimPasswords),
            fields.ReadScopes());
    }

    /// <returns>The user, or the answer that refuses: one text for every fault of the credentials.</returns>
    public async Task<(User? User, Answer? Refusal)> CheckAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var (user, wait) = await services.GetRequiredService<PasswordLogin>().CheckAsync(login, password, Address(context), context.RequestAborted);
        if (wait is not null) return (null, Answer.Throttled(context, wait.Value));
        if (user is null) return (null, Refused);

        // After the password: whoever does not know it learns nothing of the user's scopes.
        if (scopes is not null && !services.GetRequiredService<IOptions<AccessTokenOptions>>().Value.Scopes
                .Allows(scopes, await services.GetRequiredService<UserManager>().GetRolesAsync(user)))
            return (null, Answer.BeyondScope);
        return (user, null);
    }

    public static Answer Refused => Answer.Refused("No active account found with the given credentials");

    public static string? Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString();
}
