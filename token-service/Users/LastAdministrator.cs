using FrontDoor.TokenService.Administration;
using FrontDoor.TokenService.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>Sees to it that somebody is left who may administer over HTTP (<see cref="AdministrationOptions.Role"/>).</summary>
internal sealed class LastAdministrator(TokenDb db, IOptions<AdministrationOptions> options)
{
    // Any number that no other lock of this database has.
    private const long Lock = 4_096_002;

    /// <summary>Whether the last one may go: at a terminal another can be made at any time. Set before the change.</summary>
    public bool IsWaived { get; set; }

    /// <summary>Call inside the transaction of what takes the role from a user, or the user away, and before it.</summary>
    /// <param name="roles">The roles that the user is to have; null when the user is to go or to be barred.</param>
    /// <exception cref="AdministrationException">Nobody active would have the role any more.</exception>
    public async Task RequireAnotherAsync(User user, IEnumerable<string>? roles, CancellationToken cancellationToken)
    {
        var role = options.Value.Role;
        if (IsWaived || roles?.Contains(role, StringComparer.OrdinalIgnoreCase) == true) return;
        // Two who take the role from each other at once would each still see the other. SQLite has one writer anyway.
        if (db.Database.IsNpgsql()) await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({Lock})", cancellationToken);
        var holders = await db.Users
            .Where(u => u.IsActive && db.UserRoles.Any(given => given.UserId == u.Id && db.Roles.Any(r => r.Id == given.RoleId && r.Name == role)))
            .Select(u => u.Id).Order().Take(2).ToListAsync(cancellationToken);
        if (holders is [var only] && only == user.Id)
            throw new AdministrationException($"'{user.UserName}' is the last active user with the role '{role}'. Give it to another user first");
    }
}
