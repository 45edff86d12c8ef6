using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;

namespace FrontDoor.TokenService.Users;

/// <summary>A hash of a random password, checked for unknown users so that they take the time of known ones (OWASP ASVS 6.3.8).</summary>
internal sealed class DecoyHash(IPasswordHasher<User> hasher)
{
    private readonly User _nobody = new();
    private readonly Lazy<string> _hash = new(() => hasher.HashPassword(new User(), RandomNumberGenerator.GetHexString(32)));

    /// <summary>Made at start, so that the first unknown user costs one hashing and not two.</summary>
    public void Prepare() => _ = _hash.Value;

    public void Check(string password) => hasher.VerifyHashedPassword(_nobody, _hash.Value, password);
}
