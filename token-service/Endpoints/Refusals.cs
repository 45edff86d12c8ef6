using FrontDoor.TokenService.RefreshTokens;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>What a refused token is told (simplejwt contract, section 3).</summary>
internal static class Refusals
{
    public static Answer Of(TokenFault fault) => Answer.TokenNotValid(TextOf(fault));

    public static string TextOf(TokenFault fault) => fault switch
    {
        TokenFault.Expired => "Token is expired",
        TokenFault.WrongType => "Token has wrong type",
        TokenFault.NoExpiry => "Token has no 'exp' claim",
        TokenFault.NoId => "Token has no id",
        TokenFault.NoType => "Token has no type",
        _ => "Token is invalid",
    };

    public static Answer Of(RefreshVerdict verdict) => verdict switch
    {
        RefreshVerdict.BeyondScope => Answer.BeyondScope,
        RefreshVerdict.UserInactive or RefreshVerdict.UserGone => Answer.Refused("No active account found for the given token."),
        RefreshVerdict.Ended or RefreshVerdict.Reuse or RefreshVerdict.Undated => Answer.TokenNotValid("Token is blacklisted"),
        RefreshVerdict.Expired => Answer.TokenNotValid("Token is expired"),
        _ => Answer.TokenNotValid("Token is invalid"),
    };
}
