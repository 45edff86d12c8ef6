using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Org.BouncyCastle.Crypto.Generators;

namespace FrontDoor.TokenService.Users;

/// <summary>
/// <c>bcrypt_sha256$$2b$12$...</c>, where the password is the hexadecimal SHA-256 of the user's, and <c>bcrypt$$2b$12$...</c>, which ends at 72 bytes.
/// </summary>
internal sealed partial record DjangoBcrypt(string Text, bool Digested) : DjangoHash
{
    private const int MostCost = 14; // each one more doubles the time; Django's is 12

    [GeneratedRegex(@"^bcrypt(?<digested>_sha256)?\$(?<text>\$2[aby]\$(?<cost>\d\d)\$[./A-Za-z0-9]{53})\z")]
    private static partial Regex Form();

    public static DjangoBcrypt? Parse(string stored) =>
        Form().Match(stored) is { Success: true } match && Number(match.Groups["cost"].Value) is >= 4 and <= MostCost
            ? new DjangoBcrypt(match.Groups["text"].Value, match.Groups["digested"].Success)
            : null;

    public override bool Matches(string password) => OpenBsdBCrypt.CheckPassword(
        Text, (Digested ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(password))) : password).ToCharArray());
}
