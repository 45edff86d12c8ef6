namespace FrontDoor.TokenService.Keys;

/// <summary>One signing key. It has one algorithm for life (RFC 8725 section 3.1). Times are Unix milliseconds.</summary>
internal sealed class SigningKey
{
    /// <summary>RFC 7638 thumbprint of the public key; an HMAC key's is random.</summary>
    public required string Kid { get; init; }

    /// <summary>1 for the first key, then counting up; of the activated ones the highest signs.</summary>
    public required int Generation { get; init; }

    /// <summary>JOSE name, e.g. <c>ES256</c>.</summary>
    public required string Algorithm { get; init; }

    /// <summary>PKCS#8, sealed by <see cref="KeyEncryption"/> with the kid as associated data. Empty for an HMAC key: its secret is in the secret file alone.</summary>
    public required byte[] SealedPrivateKey { get; init; }

    public required long CreatedAt { get; init; }

    /// <summary>From then on the key signs; before it the key is only published, so that every gateway has it in time.</summary>
    public required long ActivatesAt { get; init; }

    /// <summary>Set when the key was withdrawn in an emergency: it neither signs nor verifies any more.</summary>
    public long? RevokedAt { get; init; }

    /// <summary>Whether its secret is in the secret file.</summary>
    public bool IsHmac => HmacSecret.Algorithms.Contains(Algorithm);
}
