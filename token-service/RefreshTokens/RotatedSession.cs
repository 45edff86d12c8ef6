using FrontDoor.TokenService.AccessTokens;

namespace FrontDoor.TokenService.RefreshTokens;

/// <summary>The state of a session that tokens are made from: its current refresh token and whom it is about.</summary>
/// <param name="Id">The <c>sid</c>.</param>
/// <param name="Counter">Counter of the current refresh token.</param>
/// <param name="RefreshJti"><c>jti</c> of the current refresh token.</param>
/// <param name="RotatedAt">Unix milliseconds.</param>
/// <param name="ExpiresAt">Unix milliseconds.</param>
/// <param name="EndedAt">Unix milliseconds; null while the session lives.</param>
/// <param name="UserId">The <c>sub</c>.</param>
/// <param name="Name">The <c>name</c> claim.</param>
/// <param name="IsActive">Whether the user may refresh.</param>
/// <param name="Roles">Role names, separated by <see cref="RoleSeparator"/>; null for none.</param>
/// <param name="Scopes">What the sign-in asked for, separated by spaces; null for all that the user may have.</param>
/// <param name="Claims">What <see cref="CustomClaims"/> asked for.</param>
internal sealed record RotatedSession(
    string Id, long Counter, string RefreshJti, long RotatedAt, long ExpiresAt, long? EndedAt, string UserId, string Name, bool IsActive, string? Roles, string? Scopes = null,
    string? Claims = null)
{
    /// <summary>A control character that no role name has.</summary>
    public const string RoleSeparator = "\u001f";

    public TokenSubject ToSubject() => new(UserId, Name, string.IsNullOrEmpty(Roles) ? [] : Roles.Split(RoleSeparator));
}
