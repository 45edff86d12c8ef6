using FrontDoor.TokenService.AccessTokens;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>
/// What a new password must not be (NIST SP 800-63B section 3.1.1.2): common, or the name of the user or of this service. Length is Identity's rule;
/// there is none about kinds of characters.
/// </summary>
internal sealed class PasswordRules(CommonPasswords common, IOptions<AccessTokenOptions> issuing) : IPasswordValidator<User>
{
    private static readonly IdentityError TooCommon = new() { Code = "PasswordTooCommon", Description = "This password is too common." };

    private static readonly IdentityError LikeTheUser = new() { Code = "PasswordLikeUser", Description = "The password is too similar to the username." };

    public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password) => Task.FromResult(
        password is null ? IdentityResult.Success
        : common.Contains(password) || Matches(password, ServiceNames()) ? IdentityResult.Failed(TooCommon)
        : Matches(password, [user.UserName, user.DisplayName, user.Email, user.Email?.Split('@')[0]]) ? IdentityResult.Failed(LikeTheUser)
        : IdentityResult.Success);

    private static bool Matches(string password, IEnumerable<string?> names) => names.Contains(password.Trim(), StringComparer.OrdinalIgnoreCase);

    private IEnumerable<string> ServiceNames()
    {
        var host = new Uri(issuing.Value.Issuer).Host;
        return host.Split('.').Append(host).Append(issuing.Value.Audience);
    }
}
