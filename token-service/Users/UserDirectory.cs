using FrontDoor.TokenService.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace FrontDoor.TokenService.Users;

/// <summary>A user and the roles, sorted.</summary>
internal sealed record ListedUser(User User, IReadOnlyList<string> Roles);

/// <summary>Looks users up, with their roles.</summary>
internal sealed class UserDirectory(TokenDb db, UserManager<User> users)
{
    /// <param name="search">Part of the user name, in any case; null for all.</param>
    /// <param name="after">The user name that ended the page before; null for the first.</param>
    /// <returns>In the order of user names.</returns>
    public Task<IReadOnlyList<ListedUser>> ListAsync(string? search, string? after, int limit, CancellationToken cancellationToken)
    {
        var found = db.Users.AsNoTracking();
        if (search is not null) found = found.Where(u => u.NormalizedUserName!.Contains(users.NormalizeName(search)));
        if (after is not null) found = found.Where(u => u.NormalizedUserName!.CompareTo(users.NormalizeName(after)) > 0);
        return WithRolesAsync(found.OrderBy(u => u.NormalizedUserName).Take(limit), cancellationToken);
    }

    public Task<IReadOnlyList<ListedUser>> AllAsync(CancellationToken cancellationToken) =>
        WithRolesAsync(db.Users.AsNoTracking().OrderBy(u => u.NormalizedUserName), cancellationToken);

    /// <returns>Null when there is none.</returns>
    public async Task<ListedUser?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await WithRolesAsync(db.Users.AsNoTracking().Where(u => u.Id == id), cancellationToken)).SingleOrDefault();

    private async Task<IReadOnlyList<ListedUser>> WithRolesAsync(IQueryable<User> found, CancellationToken cancellationToken)
    {
        var rows = await found.Select(user => new
        {
            User = user,
            Roles = db.UserRoles.Where(given => given.UserId == user.Id).Join(db.Roles, given => given.RoleId, role => role.Id, (_, role) => role.Name!).ToList(),
        }).ToListAsync(cancellationToken);
        return rows.ConvertAll(row => new ListedUser(row.User, [.. row.Roles.Order(StringComparer.Ordinal)]));
    }
}
