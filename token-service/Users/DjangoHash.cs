using System.Globalization;
using System.Text.RegularExpressions;

namespace FrontDoor.TokenService.Users;

/// <summary>
/// A password hash as Django stores it, <c>algorithm$parameters$...</c>. What it asks for in time and memory is bounded: a file that is imported must not be a
/// way to stop the service.
/// </summary>
internal abstract partial record DjangoHash
{
    /// <summary>Identity's own hashes are Base64, which has no such sign.</summary>
    public static bool IsOne(string stored) => stored.Contains('$');

    /// <returns>Null when it is not one, or not one that can be checked.</returns>
    public static DjangoHash? Read(string stored) => stored.Split('$') switch
    {
        ["pbkdf2_sha256" or "pbkdf2_sha1", ..] parts => DjangoPbkdf2.Parse(parts),
        ["argon2", ..] parts => DjangoArgon2.Parse(parts),
        ["bcrypt" or "bcrypt_sha256", ..] => DjangoBcrypt.Parse(stored),
        ["scrypt", ..] parts => DjangoScrypt.Parse(parts),
        _ => null,
    };

    /// <returns>What to call its format in a report, without a part of the hash.</returns>
    public static string NameOf(string stored) =>
        stored.StartsWith('!') ? "unusable"
        : Format().Match(stored) is { Success: true } format ? format.Groups[1].Value
        : "unknown";

    public abstract bool Matches(string password);

    /// <returns>0 when it is no number, which no parameter may be.</returns>
    protected static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <returns>The bytes; null when it is not Base64, whose padding Django's Argon2 leaves out, or has another length.</returns>
    protected static byte[]? Base64(string text, int least, int most)
    {
        var bytes = new byte[most];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var length) && length >= least ? bytes[..length] : null;
    }

    [GeneratedRegex(@"^([a-z0-9_]{1,32})\$")]
    private static partial Regex Format();
}
