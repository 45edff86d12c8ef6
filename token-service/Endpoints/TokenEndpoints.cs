using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Users;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>The four endpoints of the simplejwt contract.</summary>
internal static class TokenEndpoints
{
    public static void MapTokenEndpoints(this IEndpointRouteBuilder app)
    {
        var tokens = app.MapGroup("").WithTags("Tokens")
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status401Unauthorized, typeof(Detail), ["application/json"]));
        tokens.MapPostEndpoint<Credentials>("/api/token", "Token Obtain Pair", ObtainAsync)
            .WithDescription("Signs in. In cookie mode the answer has `access` alone.").Produces<ObtainedPair>().Produces<Detail>(StatusCodes.Status429TooManyRequests);
        tokens.MapPostEndpoint<RefreshToken>("/api/token/refresh", "Token Refresh", RefreshAsync)
            .WithDescription("Exchanges a refresh token for the next pair. In cookie mode `refresh` is absent here and there.").Produces<RotatedPair>();
        tokens.MapPostEndpoint<AnyToken>("/api/token/verify", "Token Verify", VerifyAsync)
            .WithDescription("Says whether an access or refresh token is good right now; 400 when its session has ended.").Produces<Nothing>();
        tokens.MapPostEndpoint<RefreshToken>("/api/token/blacklist", "Token Blacklist", BlacklistAsync)
            .WithDescription("Signs out: ends the session of a refresh token.").Produces<Nothing>();
    }

    private static async Task<Answer> ObtainAsync(HttpContext context, TextFields fields)
    {
        var services = context.RequestServices;
        var userName = fields.Read("username");
        var password = fields.Read("password", services.GetRequiredService<IOptions<UserOptions>>().Value.TrimPasswords);
        var byCookie = fields.ReadFlag("cookie");
        if (fields.Refusal is { } refusal) return refusal;
        // Otherwise a foreign page could sign its visitor in under the attacker's account.
        if (byCookie && !services.GetRequiredService<RefreshCookie>().IsOfOurPage(context.Request))
            return Answer.Fields(new() { ["cookie"] = ["Cookie mode needs a request from a page of the issuer's own origin."] });

        var address = context.Connection.RemoteIpAddress?.ToString();
        var (user, wait) = await services.GetRequiredService<PasswordLogin>().CheckAsync(userName, password, address, context.RequestAborted);
        if (wait is not null) return Answer.Throttled(context, wait.Value);
        if (user is null) return Answer.Refused("No active account found with the given credentials");

        var pair = await services.GetRequiredService<Sessions>().BeginAsync(user, context.Request.Headers.UserAgent, address, context.RequestAborted);
        if (pair is null) return Answer.Refused("No active account found with the given credentials");
        return byCookie ? WithCookie(context, pair) : Answer.Ok(new ObtainedPair(pair.Refresh, pair.Access));
    }

    private static async Task<Answer> RefreshAsync(HttpContext context, TextFields fields)
    {
        var (token, byCookie, refusal) = await ReadRefreshAsync(context, fields);
        if (token is null) return await FormerTokens.RefreshAsync(context, fields) ?? refusal!;

        // Not RequestAborted: a client that leaves between commit and answer must not roll the work back half-way.
        var (pair, verdict) = await context.RequestServices.GetRequiredService<Sessions>().RotateAsync(token, CancellationToken.None);
        if (pair is null) return Refusal(verdict);
        return byCookie ? WithCookie(context, pair) : Answer.Ok(new RotatedPair(pair.Access, pair.Refresh));
    }

    private static async Task<Answer> VerifyAsync(HttpContext context, TextFields fields)
    {
        var text = fields.Read("token");
        if (fields.Refusal is { } refusal) return refusal;

        var (token, fault) = await context.RequestServices.GetRequiredService<IssuedTokenReader>().ReadAnyAsync(text);
        if (token is null) return await FormerTokens.VerifyAsync(context, text) ?? Refusal(fault);

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
        var (token, byCookie, refusal) = await ReadRefreshAsync(context, fields);
        if (byCookie) RefreshCookie.Delete(context);
        if (token is null) return await FormerTokens.BlacklistAsync(context, fields) ?? refusal!;

        context.RequestServices.GetRequiredService<AuditSource>().Actor = token.UserId;
        var sessions = context.RequestServices.GetRequiredService<Sessions>();
        return await sessions.EndAsync(token, CancellationToken.None)
            ? Answer.Ok(new Nothing())
            : Refusal(await sessions.LookAsync(token, context.RequestAborted));
    }

    private static async Task<(IssuedToken? Token, bool ByCookie, Answer? Refusal)> ReadRefreshAsync(HttpContext context, TextFields fields)
    {
        var cookie = fields.Has("refresh") ? null : context.RequestServices.GetRequiredService<RefreshCookie>().Read(context);
        var text = cookie ?? fields.Read("refresh");
        if (fields.Refusal is { } refusal) return (null, false, refusal);
        var (token, fault) = await context.RequestServices.GetRequiredService<IssuedTokenReader>().ReadRefreshAsync(text);
        return (token, cookie is not null, token is null ? Refusal(fault) : null);
    }

    private static Answer WithCookie(HttpContext context, IssuedPair pair)
    {
        context.RequestServices.GetRequiredService<RefreshCookie>().Set(context, pair.Refresh);
        return Answer.Ok(new AccessAlone(pair.Access));
    }

    internal static Answer Refusal(TokenFault fault) => Answer.TokenNotValid(fault switch
    {
        TokenFault.Expired => "Token is expired",
        TokenFault.WrongType => "Token has wrong type",
        _ => "Token is invalid",
    });

    internal static Answer Refusal(RefreshVerdict verdict) => verdict switch
    {
        RefreshVerdict.UserInactive => Answer.Refused("No active account found for the given token."),
        RefreshVerdict.Ended or RefreshVerdict.Reuse => Answer.TokenNotValid("Token is blacklisted"),
        RefreshVerdict.Expired => Answer.TokenNotValid("Token is expired"),
        _ => Answer.TokenNotValid("Token is invalid"),
    };
}
