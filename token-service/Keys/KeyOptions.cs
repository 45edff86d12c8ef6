namespace FrontDoor.TokenService.Keys;

/// <summary>Section <c>Keys</c>.</summary>
internal sealed record KeyOptions
{
    public const string Section = "Keys";

    /// <summary>
    /// File with the key (32 bytes, Base64) that encrypts private signing keys in the database. Default <c>encryption.key</c> in the data
    /// directory, made at first start with mode 0600. Nodes that share a database share this key. Losing it means losing the signing keys.
    /// </summary>
    public string? EncryptionKeyFile { get; init; }
}
