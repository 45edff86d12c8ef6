namespace FrontDoor.TokenService.RefreshTokens;

/// <summary>A refresh token of a former issuer that was exchanged for a session; the row keeps it from being exchanged twice.</summary>
internal sealed class ExchangedToken
{
    /// <summary>SHA-256 of the former issuer's name and the token's <c>jti</c>, hexadecimal.</summary>
    public required string Id { get; init; }

    /// <summary>When the token would have ended, in Unix milliseconds; the row goes with it.</summary>
    public required long ExpiresAt { get; init; }
}
