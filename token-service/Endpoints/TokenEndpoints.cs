using FrontDoor.TokenService.RefreshTokens;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>The four endpoints of the simplejwt contract.</summary>
internal static class TokenEndpoints
{
    public static void MapTokenEndpoints(this IEndpointRouteBuilder app)
    {
        app.MapPostEndpoint("/api/token", "Token Obtain Pair", ObtainAsync);
        app.MapPostEndpoint("/api/token/refresh", "Token Refresh", RefreshAsync);
        app.MapPostEndpoint("/api/token/verify", "Token Verify", VerifyAsync);
        app.MapPostEndpoint("/api/token/blacklist", "Token Blacklist", BlacklistAsync);
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
        if (token is null) return refusal!;

        // Not RequestAborted: a client that leaves between commit and answer must not roll the work back half-way.
        return await context.RequestServices.GetRequiredService<Sessions>().RotateAsync(token, scopes, CancellationToken.None) switch
        {
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
        if (token is null) return Refusals.Of(fault);

        return await context.RequestServices.GetRequiredService<Sessions>().LookAsync(token, context.RequestAborted) switch
        {
            RefreshVerdict.Current or RefreshVerdict.Grace => Answer.Ok(new Nothing()),
            RefreshVerdict.Ended => Answer.Fields(new() { ["non_field_errors"] = ["Token is blacklisted"] }),
            RefreshVerdict.Expired => Answer.TokenNotValid("Token is expired"),
            _ => Answer.TokenNotValid("Token is invalid"),
        };
    }

    private static async Task<Answer> BlacklistAsync(HttpContext context, TextFields fields)
    {
        var (token, byCookie, refusal) = await ReadRefreshAsync(context, fields, orSliding: true);
        if (byCookie) RefreshCookie.Delete(context);
        if (token is null) return refusal!;

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
