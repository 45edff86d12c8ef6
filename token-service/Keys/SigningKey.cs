namespace FrontDoor.TokenService.Keys;

/// <summary>One signing key. It has one algorithm for life (RFC 8725 section 3.1).</summary>
internal sealed class SigningKey
{
    /// <summary>RFC 7638 thumbprint of the public key.</summary>
    public required string Kid { get; init; }

    /// <summary>1 for the first key, then counting up; the highest one that has been activated signs.</summary>
    public required int Generation { get; init; }

    /// <summary>JOSE name, e.g. <c>ES256</c>.</summary>
    public required string Algorithm { get; init; }

    /// <summary>PKCS#8, sealed by <see cref="KeyEncryption"/> with the kid as associated data.</summary>
    public required byte[] SealedPrivateKey { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>Unix milliseconds from which the key signs; before it the key is only published.</summary>
    public required long ActivatesAt { get; init; }
}
