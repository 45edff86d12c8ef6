using FrontDoor.TokenService.RefreshTokens;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>What a refused token is told (simplejwt contract, section 3).</summary>
internal static class Refusals
{
    public const string PasswordChangedText = "The user's password has been changed.";

    public static Answer Of(TokenFault fault) => Answer.TokenNotValid(TextOf(fault));

    public static string TextOf(TokenFault fault) => fault switch
    {
        TokenFault.Expired => "Token is expired",
        TokenFault.WrongType => "Token has wrong type",
        TokenFault.NoExpiry => "Token has no 'exp' claim",
        TokenFault.NoId => "Token has no id",
        TokenFault.NoType => "Token has no type",
        TokenFault.NoRefreshExpiry => "Token has no 'refresh_exp' claim",
        _ => "Token is invalid",
    };

    /// <summary>Of a refresh alone, as in simplejwt; elsewhere the token is blacklisted.</summary>
    public static Answer PasswordChanged => Answer.Refused(PasswordChangedText);

    public static Answer Of(RefreshVerdict verdict) => verdict switch
    {
        RefreshVerdict.BeyondScope => Answer.BeyondScope,
        RefreshVerdict.UserInactive or RefreshVerdict.UserGone => Answer.Refused("No active account found for the given token."),
        RefreshVerdict.Ended or RefreshVerdict.Reuse or RefreshVerdict.Undated => Answer.TokenNotValid("Token is blacklisted"),
        RefreshVerdict.Expired => Answer.TokenNotValid("Token is expired"),
        _ => Answer.TokenNotValid("Token is invalid"),
    };
}
