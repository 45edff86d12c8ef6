using Microsoft.AspNetCore.Identity;

namespace FrontDoor.TokenService.Users;

/// <summary>Checks a user name and password. One answer and one cost for every kind of failure.</summary>
internal sealed class PasswordLogin(UserManager<User> users, DecoyHash decoy)
{
    /// <returns>The active user, or null: unknown, wrong password, no password set, or inactive.</returns>
    public async Task<User?> CheckAsync(string userName, string password)
    {
        var user = await users.FindByNameAsync(userName);
        if (user?.PasswordHash is null)
        {
            decoy.Check(password);
            return null;
        }

        // CheckPasswordAsync also renews a hash made with older parameters.
        var matches = await users.CheckPasswordAsync(user, password);
        return matches && user.IsActive ? user : null;
    }
}
