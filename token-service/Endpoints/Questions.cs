namespace FrontDoor.TokenService.Endpoints;

// The fields that the endpoints take, for OPTIONS and the OpenAPI document; they are read one by one (TextFields, OAuthForm). Those with a default may be absent.

/// <param name="Cookie">Put the refresh token into a cookie and leave it out of the answer.</param>
internal sealed record Credentials(string Username, string Password, bool? Cookie = null);

internal sealed record RefreshToken(string Refresh);

internal sealed record AnyToken(string Token);

internal sealed record PasswordPair(string OldPassword, string NewPassword);

internal sealed record ClientTokenQuestion(string GrantType, string? Scope = null, string? ClientId = null, string? ClientSecret = null);

internal sealed record TokenQuestion(string Token, string? TokenTypeHint = null, string? ClientId = null, string? ClientSecret = null);
