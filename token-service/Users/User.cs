using Microsoft.AspNetCore.Identity;

namespace FrontDoor.TokenService.Users;

/// <summary>A person who signs in. Identity supplies name, e-mail, password hash and lock-out.</summary>
internal sealed class User : IdentityUser
{
    public User() => Id = Guid.CreateVersion7().ToString("N");

    /// <summary>An inactive user can neither sign in nor refresh.</summary>
    public bool IsActive { get; set; } = true;

    /// <summary>Counts up whenever the password changes or the user is disabled; a sign-in that began before then makes no session.</summary>
    public int CredentialVersion { get; set; }

    /// <summary>The <c>name</c> claim; the user name where empty.</summary>
    [PersonalData]
    public string? DisplayName { get; set; }
}
