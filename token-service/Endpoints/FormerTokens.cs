using FrontDoor.TokenService.FormerIssuers;
using FrontDoor.TokenService.RefreshTokens;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>What the token endpoints do with a token that is not ours but a former issuer's; null where it is no such token either.</summary>
internal static class FormerTokens
{
    public static async Task<Answer?> RefreshAsync(HttpContext context, TextFields fields)
    {
        var (token, refusal) = await ReadRefreshAsync(context, fields);
        if (token is null) return refusal;

        // Not RequestAborted: see the rotation of our own.
        var (pair, verdict) = await context.RequestServices.GetRequiredService<TokenExchange>()
            .ExchangeAsync(token, context.Request.Headers.UserAgent, context.Connection.RemoteIpAddress?.ToString(), CancellationToken.None);
        return pair is null ? TokenEndpoints.Refusal(verdict) : Answer.Ok(new RotatedPair(pair.Access, pair.Refresh));
    }

    public static async Task<Answer?> VerifyAsync(HttpContext context, string text)
    {
        var (token, fault) = await ReadAsync(context, text);
        if (token is null) return fault == TokenFault.Invalid ? null : TokenEndpoints.Refusal(fault);
        return TokenEndpoints.Verified(await context.RequestServices.GetRequiredService<TokenExchange>().LookAsync(token, context.RequestAborted));
    }

    public static async Task<Answer?> BlacklistAsync(HttpContext context, TextFields fields)
    {
        var (token, refusal) = await ReadRefreshAsync(context, fields);
        if (token is null) return refusal;
        return await context.RequestServices.GetRequiredService<TokenExchange>().UseUpAsync(token, CancellationToken.None)
            ? Answer.Ok(new Nothing())
            : TokenEndpoints.Refusal(RefreshVerdict.Ended);
    }

    private static async Task<(FormerToken? Token, Answer? Refusal)> ReadRefreshAsync(HttpContext context, TextFields fields)
    {
        // A cookie holds tokens of ours alone.
        if (!fields.Has("refresh") || fields.Read("refresh") is not { Length: > 0 } text) return default;
        return await ReadAsync(context, text) switch
        {
            ({ IsRefresh: true } token, _) => (token, null),
            ({ }, _) => (null, TokenEndpoints.Refusal(TokenFault.WrongType)),
            (null, TokenFault.Invalid) => default,
            (null, var fault) => (null, TokenEndpoints.Refusal(fault)),
        };
    }

    private static Task<(FormerToken? Token, TokenFault Fault)> ReadAsync(HttpContext context, string text) =>
        context.RequestServices.GetRequiredService<FormerTokenReader>().ReadAsync(text);
}
