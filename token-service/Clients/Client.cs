namespace FrontDoor.TokenService.Clients;

/// <summary>A service that signs in with an id and a secret of its own (RFC 6749 section 4.4). Times are Unix milliseconds.</summary>
internal sealed class Client
{
    /// <summary>The <c>client_id</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What it is, for people.</summary>
    public string? Name { get; set; }

    /// <summary>SHA-256 of the secret, hexadecimal. The secret has 256 random bits, so a slow hash would add nothing.</summary>
    public required string SecretHash { get; set; }

    /// <summary>The secret before the last change, taken until <see cref="PreviousSecretUntil"/>, so that a service can change over.</summary>
    public string? PreviousSecretHash { get; set; }

    public long? PreviousSecretUntil { get; set; }

    /// <summary>What it may ask for, separated by spaces; may be empty.</summary>
    public required string Scopes { get; set; }

    /// <summary>The <c>aud</c> of its tokens; <c>AccessTokens:Audience</c> where null.</summary>
    public string? Audience { get; set; }

    public required long CreatedAt { get; init; }

    public required long SecretChangedAt { get; set; }
}
