using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>Identity's hasher, which also knows imported hashes; a match asks for renewal, so the next sign-in is the last that needs them.</summary>
internal sealed class ImportedPasswordHasher(IOptions<PasswordHasherOptions> options) : PasswordHasher<User>(options)
{
    public override PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword)
    {
        if (!DjangoHash.IsOne(hashedPassword)) return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        return DjangoHash.Read(hashedPassword) is { } django && django.Matches(providedPassword)
            ? PasswordVerificationResult.SuccessRehashNeeded
            : PasswordVerificationResult.Failed;
    }
}
