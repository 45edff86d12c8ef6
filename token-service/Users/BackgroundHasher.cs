using Microsoft.AspNetCore.Identity;

namespace FrontDoor.TokenService.Users;

/// <summary>Hashes on <see cref="HashingThreads"/>: refreshes, keys and the feed come first.</summary>
internal sealed class BackgroundHasher(ImportedPasswordHasher hasher, HashingThreads threads) : IPasswordHasher<User>
{
    public string HashPassword(User user, string password) => threads.Run(() => hasher.HashPassword(user, password));

    public PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword) =>
        threads.Run(() => hasher.VerifyHashedPassword(user, hashedPassword, providedPassword));
}
