using System.Security.Cryptography;
using System.Text;

namespace FrontDoor.TokenService.Users;

/// <summary><c>pbkdf2_sha256$iterations$salt$hash</c>, Django's default, and <c>pbkdf2_sha1</c>.</summary>
internal sealed record DjangoPbkdf2(HashAlgorithmName Algorithm, int Iterations, string Salt, byte[] Hash) : DjangoHash
{
    // Django's own default was 1,000,000 in version 5.2.
    private const int MostIterations = 10_000_000;

    public static DjangoPbkdf2? Parse(string[] parts)
    {
        if (parts is not [var name, var iterations, { Length: > 0 } salt, var text]) return null;
        var (algorithm, length) = name == "pbkdf2_sha256" ? (HashAlgorithmName.SHA256, 32) : (HashAlgorithmName.SHA1, 20);
        return Number(iterations) is > 0 and <= MostIterations and var count && Base64(text, length, length) is { } hash
            ? new DjangoPbkdf2(algorithm, count, salt, hash)
            : null;
    }

    public override bool Matches(string password) => CryptographicOperations.FixedTimeEquals(
        Hash, Rfc2898DeriveBytes.Pbkdf2(password, Encoding.UTF8.GetBytes(Salt), Iterations, Algorithm, Hash.Length));
}
