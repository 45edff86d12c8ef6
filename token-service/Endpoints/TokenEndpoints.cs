using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.RefreshTokens;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>The four endpoints of the simplejwt contract.</summary>
internal static class TokenEndpoints
{
    public static void MapTokenEndpoints(this IEndpointRouteBuilder app)
    {
        var tokens = app.MapGroup("").WithTags("Tokens")
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status401Unauthorized, typeof(Detail), ["application/json"]));
        tokens.MapLoginEndpoint<Credentials, EmailCredentials>("/api/token", "Token Obtain Pair", ObtainAsync)
            .WithDescription("Signs in. The tokens have the scopes of `scope` at most. In cookie mode the answer has `access` alone.").Produces<ObtainedPair>().Produces<Detail>(StatusCodes.Status429TooManyRequests);
        tokens.MapPostEndpoint<Refreshing>("/api/token/refresh", "Token Refresh", RefreshAsync)
            .WithDescription("Exchanges a refresh token for the next pair; `scope` narrows this access token. In cookie mode `refresh` is absent here and there; without "
                + "rotation it is absent from the answer.").Produces<RotatedPair>();
        tokens.MapPostEndpoint<AnyToken>("/api/token/verify", "Token Verify", VerifyAsync)
            .WithDescription("Says whether an access or refresh token is good right now; 400 when its session has ended.").Produces<Nothing>();
        tokens.MapPostEndpoint<RefreshToken>("/api/token/blacklist", "Token Blacklist", BlacklistAsync)
            .WithDescription("Signs out: ends the session of a refresh token.").Produces<Nothing>();
    }

    private static async Task<Answer> ObtainAsync(HttpContext context, TextFields fields)
    {
        var signIn = SignIn.Read(context, fields);
        var byCookie = fields.ReadFlag("cookie");
        if (fields.Refusal is { } refusal) return refusal;
        var services = context.RequestServices;
        // Otherwise a foreign page could sign its visitor in under the attacker's account.
        if (byCookie && !services.GetRequiredService<RefreshCookie>().IsOfOurPage(context.Request))
            return Answer.Fields(new() { ["cookie"] = ["Cookie mode needs a request from a page of the issuer's own origin."] });

        var (user, refused) = await signIn.CheckAsync(context);
        if (user is null) return refused!;

        var pair = await services.GetRequiredService<Sessions>().BeginAsync(
            user, signIn.Scopes, context.Request.Headers.UserAgent, SignIn.Address(context), context.RequestAborted);
        if (pair is null) return SignIn.Refused;
        return byCookie ? WithCookie(context, pair.Access, pair.Refresh) : Answer.Ok(new ObtainedPair(pair.Refresh, pair.Access));
    }

    private static async Task<Answer> RefreshAsync(HttpContext context, TextFields fields)
    {
        var scopes = fields.ReadScopes();
        var (token, byCookie, refusal) = await ReadRefreshAsync(context, fields);
        if (token is null) return await FormerTokens.RefreshAsync(context, fields, scopes) ?? refusal!;

        // Not RequestAborted: a client that leaves between commit and answer must not roll the work back half-way.
        var sessions = context.RequestServices.GetRequiredService<Sessions>();
        return await sessions.RotateAsync(token, scopes, CancellationToken.None) switch
        {
            { Verdict: RefreshVerdict.Ended } when await sessions.EndReasonAsync(token.SessionId, context.RequestAborted) == SessionEnd.PasswordChanged => Refusals.PasswordChanged,
            { Access: null } refused => Refusals.Of(refused.Verdict),
            { Refresh: null } kept => Answer.Ok(new AccessAlone(kept.Access)),
            var rotated when byCookie => WithCookie(context, rotated.Access, rotated.Refresh),
            var rotated => Answer.Ok(new RotatedPair(rotated.Access, rotated.Refresh)),
        };
    }

    private static async Task<Answer> VerifyAsync(HttpContext context, TextFields fields)
    {
        var text = fields.Read("token");
        if (fields.Refusal is { } refusal) return refusal;

        var (token, fault) = await context.RequestServices.GetRequiredService<IssuedTokenReader>().ReadAnyAsync(text);
        if (token is null) return await FormerTokens.VerifyAsync(context, text) ?? Refusals.Of(fault);

        return Verified(await context.RequestServices.GetRequiredService<Sessions>().LookAsync(token, context.RequestAborted));
    }

    internal static Answer Verified(RefreshVerdict verdict) => verdict switch
    {
        RefreshVerdict.Current or RefreshVerdict.Grace => Answer.Ok(new Nothing()),
        RefreshVerdict.Ended => Answer.Fields(new() { ["non_field_errors"] = ["Token is blacklisted"] }),
        RefreshVerdict.Expired => Answer.TokenNotValid("Token is expired"),
        _ => Answer.TokenNotValid("Token is invalid"),
    };

    private static async Task<Answer> BlacklistAsync(HttpContext context, TextFields fields)
    {
        var (token, byCookie, refusal) = await ReadRefreshAsync(context, fields, orSliding: true);
        if (byCookie) RefreshCookie.Delete(context);
        if (token is null) return await FormerTokens.BlacklistAsync(context, fields) ?? refusal!;

        context.RequestServices.GetRequiredService<AuditSource>().Actor = token.UserId;
        var sessions = context.RequestServices.GetRequiredService<Sessions>();
        return await sessions.EndAsync(token, CancellationToken.None)
            ? Answer.Ok(new Nothing())
            : Refusals.Of(await sessions.LookAsync(token, context.RequestAborted));
    }

    private static async Task<(IssuedToken? Token, bool ByCookie, Answer? Refusal)> ReadRefreshAsync(
        HttpContext context, TextFields fields, bool orSliding = false)
    {
        var cookie = fields.Has("refresh") ? null : context.RequestServices.GetRequiredService<RefreshCookie>().Read(context);
        var text = cookie ?? fields.Read("refresh");
        if (fields.Refusal is { } refusal) return (null, false, refusal);
        var (token, fault) = await context.RequestServices.GetRequiredService<IssuedTokenReader>().ReadRefreshAsync(text, orSliding);
        return (token, cookie is not null, token is null ? Refusals.Of(fault) : null);
    }

    private static Answer WithCookie(HttpContext context, string access, string refresh)
    {
        context.RequestServices.GetRequiredService<RefreshCookie>().Set(context, refresh);
        return Answer.Ok(new AccessAlone(access));
    }
}
