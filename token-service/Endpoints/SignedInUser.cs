using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Clients;
using FrontDoor.TokenService.RefreshTokens;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>Who presents the access token of this request; refusals in the words of simplejwt (contract, section 4).</summary>
internal static class SignedInUser
{
    /// <returns>The token of a living session, or the 401 that says what is wrong with it.</returns>
    public static async Task<(IssuedToken? Token, Answer? Refusal)> ReadAsync(HttpContext context, Sessions sessions)
    {
        var parts = context.Request.Headers.Authorization.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        // The scheme in any case (RFC 9110 section 11.1), where simplejwt asks for the exact word.
        if (parts.Length == 0 || !parts[0].Equals("Bearer", StringComparison.OrdinalIgnoreCase)) return (null, Answer.Refused("Authentication credentials were not provided."));
        var (token, refusal) = await JudgeAsync(context, parts, sessions);
        return (token, refusal?.AsInvalidToken());
    }

    private static async Task<(IssuedToken? Token, Answer? Refusal)> JudgeAsync(HttpContext context, string[] parts, Sessions sessions)
    {
        if (parts.Length != 2) return (null, Answer.Refused("Authorization header must contain two space-delimited values", "bad_authorization_header"));

        var reader = context.RequestServices.GetRequiredService<IssuedTokenReader>();
        var (jwt, fault) = await reader.ValidateAsync(parts[1]);
        if (jwt is null) return (null, Answer.AccessTokenNotValid(Refusals.TextOf(fault)));
        if (reader.Describe(jwt) is not { } token)
            return (null, ClientToken.Describe(jwt) is null ? Answer.AccessTokenNotValid("Token is invalid") : Answer.TokenNotValid("Token contained no recognizable user identification"));
        if (token.Counter is not null) return (null, Answer.AccessTokenNotValid("Token has wrong type"));

        var (session, verdict) = await sessions.JudgeAsync(token, context.RequestAborted);
        if (verdict != RefreshVerdict.Current) return (null, await RefuseAsync(session, verdict, sessions, context.RequestAborted));
        context.RequestServices.GetRequiredService<AuditSource>().Actor = token.UserId;
        return (token, null);
    }

    // Whoever holds the token was the user: nothing is told to strangers.
    private static async Task<Answer> RefuseAsync(RotatedSession? session, RefreshVerdict verdict, Sessions sessions, CancellationToken cancellationToken) => verdict switch
    {
        RefreshVerdict.UserGone => Answer.Refused("User not found", "user_not_found"),
        // Disabling ends the session as well; it is the reason that counts.
        _ when session is { IsActive: false } => Answer.Refused("User is inactive", "user_inactive"),
        RefreshVerdict.Ended when await sessions.EndReasonAsync(session!.Id, cancellationToken) == SessionEnd.PasswordChanged =>
            Answer.Refused(Refusals.PasswordChangedText, "password_changed"),
        RefreshVerdict.Ended => Answer.AccessTokenNotValid("Token is blacklisted"),
        RefreshVerdict.Expired => Answer.AccessTokenNotValid("Token is expired"),
        _ => Answer.AccessTokenNotValid("Token is invalid"),
    };
}
