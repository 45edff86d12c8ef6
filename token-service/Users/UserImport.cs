using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>What an import did.</summary>
/// <param name="Added">New users.</param>
/// <param name="Existing">Users whose id or name was there already; left alone.</param>
/// <param name="WithoutPassword">Of the new ones those who need a reset, because their hash cannot be checked here: how many by format.</param>
internal sealed record ImportResult(int Added, int Existing, IReadOnlyDictionary<string, int> WithoutPassword);

/// <summary>Brings Django's users over with ids and password hashes, all or nothing. Run again, it adds what is new.</summary>
internal sealed class UserImport(
    TokenDb db, UserManager<User> users, RoleManager<IdentityRole> roles, RoleAdministration administration, EmailTurns emailTurns, AuditLog audit, IOptions<UserOptions> options)
{
    /// <param name="imported">From <see cref="DjangoUsers"/>.</param>
    /// <param name="staffRole">The role that <c>is_staff</c> becomes; null for none.</param>
    /// <param name="superuserRole">The role that <c>is_superuser</c> becomes; null for none.</param>
    /// <exception cref="AdministrationException">Users sign in by e-mail, and not every new one has an address of its own.</exception>
    public async Task<ImportResult> RunAsync(IReadOnlyList<DjangoUser> imported, string? staffRole, string? superuserRole, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await emailTurns.TakeAllAsync(cancellationToken);
        var ids = (await db.Users.Select(u => u.Id).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var clients = (await db.Clients.Select(c => c.Id).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var names = (await db.Users.Select(u => u.NormalizedUserName!).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var emails = (await db.Users.Select(u => u.NormalizedEmail).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var roleIds = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var (added, existing) = (0, 0);
        var withoutPassword = new SortedDictionary<string, int>(StringComparer.Ordinal);

        foreach (var django in imported)
        {
            var name = users.NormalizeName(django.UserName);
            if (ids.Contains(django.Id) || !names.Add(name))
            {
                existing++;
                continue;
            }

            // RFC 9068 section 5: a client's subject must not be a user's.
            if (clients.Contains(django.Id)) throw new AdministrationException($"'{django.UserName}' has the id of the client '{django.Id}'; nothing was imported");
            ids.Add(django.Id);
            added++;
            var user = ToUser(django, name);
            if (options.Value.SignsInByEmail && (user.NormalizedEmail is null || !emails.Add(user.NormalizedEmail)))
                throw new AdministrationException($"Users:LoginField is Email, but '{django.UserName}' has no e-mail address or another user's; nothing was imported");
            if (user.PasswordHash is null) CountUp(withoutPassword, DjangoHash.NameOf(django.Password));
            db.Users.Add(user);
            await audit.SucceededAsync(AuditEvents.UserImported, user.Id, cancellationToken: cancellationToken);
            foreach (var role in RolesOf(django, staffRole, superuserRole))
                db.UserRoles.Add(new IdentityUserRole<string> { UserId = user.Id, RoleId = await RoleIdAsync(role, roleIds) });
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ImportResult(added, existing, withoutPassword);
    }

    private static void CountUp(SortedDictionary<string, int> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;

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
            await administration.MakeAsync(name);
            role = await roles.FindByNameAsync(name);
        }

        return known[name] = role!.Id;
    }
}
