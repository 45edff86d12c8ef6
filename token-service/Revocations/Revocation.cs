namespace FrontDoor.TokenService.Revocations;

/// <summary>Something that gateways must no longer believe. Rows stay until the last token they cover has expired. Times are Unix milliseconds.</summary>
internal sealed class Revocation
{
    public const string Session = "session";
    public const string Key = "key";
    public const string Client = "client";
    public const string Token = "token";

    /// <summary>Counts up in the order of commits: whoever has seen one has seen all before it.</summary>
    public long Id { get; init; }

    /// <summary>
    /// <see cref="Session"/>: the subject is a <c>sid</c>. <see cref="Key"/>: it is a <c>kid</c>. <see cref="Client"/>: it is a
    /// <c>client_registration</c>. <see cref="Token"/>: it is a <c>jti</c>.
    /// </summary>
    public required string Kind { get; init; }

    public required string Subject { get; init; }

    public required long CreatedAt { get; init; }

    public required long ExpiresAt { get; init; }
}
