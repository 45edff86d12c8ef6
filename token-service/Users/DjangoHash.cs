using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>A password hash as Django stores it: <c>pbkdf2_sha256$iterations$salt$hash</c>.</summary>
internal sealed record DjangoHash(int Iterations, string Salt, byte[] Hash)
{
    public const string Prefix = "pbkdf2_sha256$";

    // Django's own default was 1,000,000 in version 5.2; far more in an import would be a way to stop the service.
    private const int MostIterations = 10_000_000;

    /// <returns>Null when it is not one, or not one that can be checked.</returns>
    public static DjangoHash? Read(string stored)
    {
        if (stored.Split('$') is not ["pbkdf2_sha256", var iterations, { Length: > 0 } salt, var hash]) return null;
        if (!int.TryParse(iterations, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > MostIterations) return null;
        var bytes = new byte[32];
        return Convert.TryFromBase64String(hash, bytes, out var length) && length == bytes.Length ? new DjangoHash(count, salt, bytes) : null;
    }

    public bool Matches(string password) => CryptographicOperations.FixedTimeEquals(
        Hash, Rfc2898DeriveBytes.Pbkdf2(password, Encoding.UTF8.GetBytes(Salt), Iterations, HashAlgorithmName.SHA256, Hash.Length));
}

/// <summary>Identity's hasher, which also knows imported hashes; a match asks for renewal, so the next sign-in is the last that needs them.</summary>
internal sealed class ImportedPasswordHasher(IOptions<PasswordHasherOptions> options) : PasswordHasher<User>(options)
{
    public override PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword)
    {
        if (!hashedPassword.StartsWith(DjangoHash.Prefix, StringComparison.Ordinal)) return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        return DjangoHash.Read(hashedPassword) is { } django && django.Matches(providedPassword)
            ? PasswordVerificationResult.SuccessRehashNeeded
            : PasswordVerificationResult.Failed;
    }
}
