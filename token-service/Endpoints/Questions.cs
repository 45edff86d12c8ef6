namespace FrontDoor.TokenService.Endpoints;

// The fields that the endpoints take, for OPTIONS and the OpenAPI document; they are read one by one (TextFields, OAuthForm). Those with a default may be absent.

/// <param name="Scope">The tokens' scopes at most, separated by spaces.</param>
/// <param name="Cookie">Put the refresh token into a cookie and leave it out of the answer.</param>
internal sealed record Credentials(string Username, string Password, string? Scope = null, bool? Cookie = null);

/// <inheritdoc cref="Credentials"/>
internal sealed record EmailCredentials(string Email, string Password, string? Scope = null, bool? Cookie = null);

internal sealed record SlidingCredentials(string Username, string Password, string? Scope = null);

internal sealed record SlidingEmailCredentials(string Email, string Password, string? Scope = null);

internal sealed record NewAccount(string Username, string Password, string? Email = null);

internal sealed record NewEmailAccount(string Email, string Password);

internal sealed record RefreshToken(string Refresh);

/// <param name="Scope">The scopes of this access token at most, separated by spaces.</param>
internal sealed record Refreshing(string Refresh, string? Scope = null);

internal sealed record AnyToken(string Token);

internal sealed record PasswordPair(string OldPassword, string NewPassword);

internal sealed record ClientTokenQuestion(string GrantType, string? Scope = null, string? ClientId = null, string? ClientSecret = null);

internal sealed record TokenQuestion(string Token, string? TokenTypeHint = null, string? ClientId = null, string? ClientSecret = null);
