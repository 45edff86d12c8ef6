using FrontDoor.TokenService.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>What users sign in with: the user name, or the e-mail address (<see cref="UserOptions.LoginField"/>).</summary>
internal sealed class LoginNames(UserManager<User> users, TokenDb db, IOptions<UserOptions> options)
{
    /// <summary>The name of the field in a sign-in request.</summary>
    public string Field => options.Value.SignsInByEmail ? "email" : "username";

    public string Of(User user) => (options.Value.SignsInByEmail ? user.Email : user.UserName) ?? "";

    public async Task<User?> FindAsync(string login)
    {
        if (!options.Value.SignsInByEmail) return await users.FindByNameAsync(login);
        var address = users.NormalizeEmail(login);
        // The index on addresses is not unique. Of two users who have one address, none gets in as the other.
        var found = await db.Users.Where(u => u.NormalizedEmail == address).Take(2).ToListAsync();
        return found.Count == 1 ? found[0] : null;
    }
}
