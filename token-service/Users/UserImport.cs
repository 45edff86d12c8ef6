using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace FrontDoor.TokenService.Users;

/// <summary>What an import did.</summary>
/// <param name="Added">New users.</param>
/// <param name="Existing">Users whose id or name was there already; left alone.</param>
/// <param name="WithoutPassword">Of the new ones: those whose hash cannot be checked here, who need a reset.</param>
internal sealed record ImportResult(int Added, int Existing, int WithoutPassword);

/// <summary>Brings Django's users over with ids and password hashes, all or nothing. Run again, it adds what is new.</summary>
internal sealed class UserImport(TokenDb db, UserManager<User> users, RoleManager<IdentityRole> roles, AuditLog audit)
{
    /// <param name="imported">From <see cref="DjangoUsers"/>.</param>
    /// <param name="staffRole">The role that <c>is_staff</c> becomes; null for none.</param>
    /// <param name="superuserRole">The role that <c>is_superuser</c> becomes; null for none.</param>
    public async Task<ImportResult> RunAsync(IReadOnlyList<DjangoUser> imported, string? staffRole, string? superuserRole, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var ids = (await db.Users.Select(u => u.Id).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var names = (await db.Users.Select(u => u.NormalizedUserName!).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var roleIds = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var (added, existing, withoutPassword) = (0, 0, 0);

        foreach (var django in imported)
        {
            var name = users.NormalizeName(django.UserName);
            if (ids.Contains(django.Id) || !names.Add(name))
            {
                existing++;
                continue;
            }

            ids.Add(django.Id);
            added++;
            var user = ToUser(django, name);
            if (user.PasswordHash is null) withoutPassword++;
            db.Users.Add(user);
            await audit.SucceededAsync(AuditEvents.UserImported, user.Id, cancellationToken: cancellationToken);
            foreach (var role in RolesOf(django, staffRole, superuserRole))
                db.UserRoles.Add(new IdentityUserRole<string> { UserId = user.Id, RoleId = await RoleIdAsync(role, roleIds) });
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ImportResult(added, existing, withoutPassword);
    }

    private User ToUser(DjangoUser django, string normalizedName) => new()
    {
        Id = django.Id, // tokens go on naming the same user_id
        UserName = django.UserName,
        NormalizedUserName = normalizedName,
        Email = django.Email.Length > 0 ? django.Email : null,
        NormalizedEmail = django.Email.Length > 0 ? users.NormalizeEmail(django.Email) : null,
        DisplayName = $"{django.FirstName} {django.LastName}".Trim() is { Length: > 0 } name ? name : null,
        IsActive = django.IsActive,
        PasswordHash = DjangoHash.Read(django.Password) is not null ? django.Password : null,
        SecurityStamp = Guid.NewGuid().ToString("N"),
        LockoutEnabled = true,
    };

    private static IEnumerable<string> RolesOf(DjangoUser django, string? staffRole, string? superuserRole) => django.Groups
        .Concat(django.IsStaff && staffRole is not null ? [staffRole] : [])
        .Concat(django.IsSuperuser && superuserRole is not null ? [superuserRole] : [])
        .Distinct(StringComparer.OrdinalIgnoreCase);

    private async Task<string> RoleIdAsync(string name, Dictionary<string, string> known)
    {
        if (known.TryGetValue(name, out var id)) return id;
        var role = await roles.FindByNameAsync(name);
        if (role is null)
        {
            role = new IdentityRole(name);
            var made = await roles.CreateAsync(role);
            if (!made.Succeeded) throw new AdministrationException(string.Join(" ", made.Errors.Select(e => e.Description)));
        }

        return known[name] = role.Id;
    }
}
