using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.SlidingTokens;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>The sliding tokens of the simplejwt contract; not there unless <see cref="SlidingTokenOptions.Enabled"/>.</summary>
internal static class SlidingEndpoints
{
    public static void MapSlidingEndpoints(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<IOptions<SlidingTokenOptions>>().Value.Enabled) return;
        var tokens = app.MapGroup("").WithTags("Tokens")
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status401Unauthorized, typeof(Detail), ["application/json"]));
        tokens.MapLoginEndpoint<SlidingCredentials, SlidingEmailCredentials>("/api/token/sliding", "Token Obtain Sliding", ObtainAsync)
            .WithDescription("Signs in. The token is for back ends and renews itself; it has the scopes of `scope` at most.")
            .Produces<SlidingToken>().Produces<Detail>(StatusCodes.Status429TooManyRequests);
        tokens.MapPostEndpoint<AnyToken>("/api/token/sliding/refresh", "Token Refresh Sliding", RefreshAsync)
            .WithDescription("Renews a sliding token that has not expired, until its `refresh_exp`.").Produces<SlidingToken>();
    }

    private static async Task<Answer> ObtainAsync(HttpContext context, TextFields fields)
    {
        var signIn = SignIn.Read(context, fields);
        if (fields.Refusal is { } refusal) return refusal;
        var (user, refused) = await signIn.CheckAsync(context);
        if (user is null) return refused!;

        var token = await context.RequestServices.GetRequiredService<SlidingTokenIssuer>().BeginAsync(
            user, signIn.Scopes, context.Request.Headers.UserAgent, SignIn.Address(context), context.RequestAborted);
        return token is null ? SignIn.Refused : Answer.Ok(new SlidingToken(token));
    }

    // No field scope: the token that is narrowed would be the credential that widens it again.
    private static async Task<Answer> RefreshAsync(HttpContext context, TextFields fields)
    {
        var text = fields.Read("token");
        if (fields.Refusal is { } refusal) return refusal;

        var services = context.RequestServices;
        var (token, fault) = await services.GetRequiredService<IssuedTokenReader>().ReadAnyAsync(text);
        if (token is null) return Refusals.Of(fault);
        if (token.RefreshUntil is not { } refreshUntil) return Refusals.Of(TokenFault.WrongType);
        if (refreshUntil <= services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeSeconds())
            return Answer.TokenNotValid("Token 'refresh_exp' claim has expired");

        var (renewed, verdict) = await services.GetRequiredService<SlidingTokenIssuer>().RenewAsync(token, refreshUntil, context.RequestAborted);
        return renewed is null ? Refusals.Of(verdict) : Answer.Ok(new SlidingToken(renewed));
    }
}
