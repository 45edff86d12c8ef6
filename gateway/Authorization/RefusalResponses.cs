using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Edge;
using FrontDoor.Gateway.StaticFiles;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace FrontDoor.Gateway.Authorization;

/// <summary>Says no in the words of RFC 6750 (header) and of simplejwt (body).</summary>
internal sealed class RefusalResponses(DryRuns dryRuns) : IAuthorizationMiddlewareResultHandler
{
    private const string Challenge = "Bearer realm=\"api\"";
    private const string NoUser = "Token contained no recognizable user identification";

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult) => authorizeResult switch
    {
        { Succeeded: true } => next(context),
        { Forbidden: true } => ForbidAsync(next, context, authorizeResult.AuthorizationFailure),
        _ => ChallengeAsync(context),
    };

    // The handler remembers its result, so this validates nothing a second time.
    private static async Task ChallengeAsync(HttpContext context) =>
        await ChallengeAsync(context, (await context.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme)).Failure);

    /// <summary>Answers a request whose token does not count.</summary>
    /// <param name="failure">Why; null when it has none.</param>
    public static Task ChallengeAsync(HttpContext context, Exception? failure) =>
        failure switch
        {
            null => UnauthorizedAsync(context, Challenge, "not_authenticated", "Authentication credentials were not provided."),
            CannotJudgeException => UnavailableAsync(context),
            TokenRefusedException { Refusal: TokenRefusal.MalformedHeader } => UnauthorizedAsync(
                context, InvalidToken("The Authorization field is malformed"), "bad_authorization_header", "Authorization header must contain two space-delimited values"),
            // RFC 6750 section 3.1: more than one method.
            TokenRefusedException { Refusal: TokenRefusal.SeveralCredentials } => BadRequestAsync(context),
            TokenRefusedException { Refusal: TokenRefusal.CrossSite } => WriteAsync(context, StatusCodes.Status403Forbidden, "cross_site_request",
                "With a cookie this is answered only to pages of the same origin. Send Origin or Sec-Fetch-Site, or the token in the Authorization header."),
            TokenRefusedException { Refusal: var refusal } => InvalidAsync(context, refusal),
            _ => InvalidAsync(context, TokenRefusal.MalformedToken),
        };

    private static Task InvalidAsync(HttpContext context, TokenRefusal refusal)
    {
        if (refusal == TokenRefusal.NoUser) return UnauthorizedAsync(context, InvalidToken(NoUser), "token_not_valid", NoUser, reason: $"token_{refusal}");

        // No more than simplejwt tells: which of the other checks failed is for our log, not for whoever is probing.
        var message = refusal switch
        {
            TokenRefusal.Expired => "Token is expired",
            TokenRefusal.WrongType => "Token has wrong type",
            TokenRefusal.Revoked => "Token is blacklisted",
            _ => "Token is invalid",
        };
        return UnauthorizedAsync(context, InvalidToken(message), "token_not_valid", "Given token not valid for any token type",
            [new ProblemMessage("AccessToken", "access", message)], $"token_{refusal}");
    }

    private Task ForbidAsync(RequestDelegate next, HttpContext context, AuthorizationFailure? failure)
    {
        var failed = failure?.FailedRequirements.OfType<TokenRequirement>().FirstOrDefault();
        var (held, method) = (TokenClaims.Of(context.User), context.Request.Method);
        var missing = failed?.Rule.Lacks(held, method) ?? [];
        if (failed is { IsDryRun: true })
        {
            dryRuns.Report(context, failed.Policy, missing);
            return next(context);
        }

        // More scopes help only where one is missing.
        var scopes = missing.Any(m => m.Kind == "scope") ? $", scope=\"{string.Join(' ', failed!.Rule.Scopes(held, method).Distinct())}\"" : "";
        context.Response.Headers.WWWAuthenticate = $"{Challenge}, error=\"insufficient_scope\"{scopes}";
        return WriteAsync(context, StatusCodes.Status403Forbidden, "permission_denied", "You do not have permission to perform this action.",
            reason: $"policy_{failed?.Policy ?? "default"}", missing: missing);
    }

    private static Task BadRequestAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = $"{Challenge}, error=\"invalid_request\"";
        return WriteAsync(context, StatusCodes.Status400BadRequest, "several_credentials", "The request has more than one token. Send one.");
    }

    private static Task UnavailableAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "2";
        return WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "issuer_unavailable",
            "Tokens cannot be checked at the moment. Try again shortly.");
    }

    private static Task UnauthorizedAsync(
        HttpContext context, string challenge, string code, string detail, IReadOnlyList<ProblemMessage>? messages = null, string? reason = null)
    {
        context.Response.Headers.WWWAuthenticate = challenge;
        return WriteAsync(context, StatusCodes.Status401Unauthorized, code, detail, messages, reason);
    }

    // A site with a policy may have a page for it.
    private static async Task WriteAsync(
        HttpContext context, int status, string code, string detail, IReadOnlyList<ProblemMessage>? messages = null, string? reason = null, IReadOnlyList<Lack>? missing = null)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<Site>() is { } site && await SiteAnswers.TryErrorPageAsync(context, site, status, reason ?? code)) return;
        await Problem.WriteAsync(context, status, code, detail, messages, reason, missing);
    }

    private static string InvalidToken(string description) => $"{Challenge}, error=\"invalid_token\", error_description=\"{description}\"";
}
