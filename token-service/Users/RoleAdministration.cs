using FrontDoor.TokenService.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace FrontDoor.TokenService.Users;

/// <summary>The roles of a user. A role is made when somebody is given it.</summary>
internal sealed class RoleAdministration(UserManager<User> users, RoleManager<IdentityRole> roles, TokenDb db)
{
    // Any number that no other lock of this database has.
    private const long NewRoleLock = 4_096_005;

    /// <summary>The width of the column.</summary>
    public const int MaxName = 256;

    /// <summary>Gives the user exactly these roles, inside the caller's transaction.</summary>
    /// <exception cref="AdministrationException">One of the names is no name for a role.</exception>
    public async Task ReplaceAsync(User user, IEnumerable<string> roleNames)
    {
        var wanted = roleNames.Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        var present = await users.GetRolesAsync(user);
        foreach (var role in wanted) await MakeAsync(role);
        AdministrationException.Require(await users.RemoveFromRolesAsync(user, present.Except(wanted, StringComparer.OrdinalIgnoreCase)));
        AdministrationException.Require(await users.AddToRolesAsync(user, wanted.Except(present, StringComparer.OrdinalIgnoreCase)));
    }

    public async Task<bool> HasExactlyAsync(User user, IEnumerable<string> roleNames) =>
        (await users.GetRolesAsync(user)).ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(roleNames);

    /// <summary>Whether the user has this role now, whatever a token says. Names are compared exactly, as the gateway's policies do.</summary>
    public Task<bool> HasAsync(string userId, string role, CancellationToken cancellationToken) => db.UserRoles
        .AnyAsync(given => given.UserId == userId && db.Roles.Any(r => r.Id == given.RoleId && r.Name == role), cancellationToken);

    /// <summary>Makes the role where it is absent, inside the caller's transaction.</summary>
    /// <exception cref="AdministrationException">The name is none.</exception>
    public async Task MakeAsync(string role)
    {
        // A control character separates roles where they are read as one text: a name with one would be two roles.
        if (role.Any(char.IsControl) || role.Length > MaxName) throw AdministrationException.Of(users.ErrorDescriber.InvalidRoleName(role));
        if (await roles.RoleExistsAsync(role)) return;
        // Of two that make it at once, the second would fail at the index of names; so it waits and then finds the role. SQLite has one writer anyway.
        if (db.Database.IsNpgsql())
        {
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({NewRoleLock})");
            if (await roles.RoleExistsAsync(role)) return;
        }

        AdministrationException.Require(await roles.CreateAsync(new IdentityRole(role)));
    }
}
