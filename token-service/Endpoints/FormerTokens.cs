using FrontDoor.TokenService.FormerIssuers;
using FrontDoor.TokenService.RefreshTokens;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>What the token endpoints do with a token that is not ours but a former issuer's; null where it is no such token either.</summary>
internal static class FormerTokens
{
    public static async Task<Answer?> RefreshAsync(HttpContext context, TextFields fields, string? scopes)
    {
        var (token, refusal) = await ReadRefreshAsync(context, fields);
        if (token is null) return refusal;

        // Not RequestAborted: see the rotation of our own.
        var result = await context.RequestServices.GetRequiredService<TokenExchange>()
            .ExchangeAsync(token, scopes, context.Request.Headers.UserAgent, SignIn.Address(context), CancellationToken.None);
        // Also where nothing rotates: the token that was presented is used up.
        return result is { Access: { } access, Refresh: { } refresh } ? Answer.Ok(new RotatedPair(access, refresh)) : Refusals.Of(result.Verdict);
    }

    public static async Task<Answer?> VerifyAsync(HttpContext context, string text)
    {
        var (token, fault) = await ReadAsync(context, text);
        if (token is null) return fault == TokenFault.Invalid ? null : Refusals.Of(fault);
        return TokenEndpoints.Verified(await context.RequestServices.GetRequiredService<TokenExchange>().LookAsync(token, context.RequestAborted));
    }

    public static async Task<Answer?> BlacklistAsync(HttpContext context, TextFields fields)
    {
        var (token, refusal) = await ReadRefreshAsync(context, fields);
        if (token is null) return refusal;
        return await context.RequestServices.GetRequiredService<TokenExchange>().EndAsync(token, CancellationToken.None)
            ? Answer.Ok(new Nothing())
            : Refusals.Of(RefreshVerdict.Ended);
    }

    private static async Task<(FormerToken? Token, Answer? Refusal)> ReadRefreshAsync(HttpContext context, TextFields fields)
    {
        // A cookie holds tokens of ours alone.
        if (!fields.Has("refresh") || fields.Read("refresh") is not { Length: > 0 } text || fields.Refusal is not null) return default;
        return await ReadAsync(context, text) switch
        {
            ({ IsRefresh: true } token, _) => (token, null),
            ({ }, _) => (null, Refusals.Of(TokenFault.WrongType)),
            (null, TokenFault.Invalid) => default,
            (null, var fault) => (null, Refusals.Of(fault)),
        };
    }

    private static Task<(FormerToken? Token, TokenFault Fault)> ReadAsync(HttpContext context, string text) =>
        context.RequestServices.GetRequiredService<FormerTokenReader>().ReadAsync(text);
}
