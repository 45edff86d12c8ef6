using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Revocations;
using FrontDoor.TokenService.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>What an administrator does to users. Every fault is a sentence for its reader.</summary>
internal sealed class UserAdministration(
    UserManager<User> users, RoleManager<IdentityRole> roles, LoginNames logins, Sessions sessions, RevocationLog revocations, TokenDb db, IOptions<UserOptions> options)
{
    /// <summary>Makes a user with roles, all or nothing; roles are made where absent.</summary>
    /// <param name="email">Null for none; where users sign in by it, the user name.</param>
    public async Task<User> AddAsync(
        string userName, string password, string? email, string? displayName, IEnumerable<string> roleNames, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var user = new User { UserName = userName, Email = email ?? (options.Value.SignsInByEmail ? userName : null), DisplayName = displayName };
        Require(await users.CreateAsync(user, password));
        foreach (var role in roleNames)
        {
            if (!await roles.RoleExistsAsync(role)) Require(await roles.CreateAsync(new IdentityRole(role)));
            Require(await users.AddToRoleAsync(user, role));
        }

        await transaction.CommitAsync(cancellationToken);
        return user;
    }

    public async Task<IReadOnlyList<(User User, IReadOnlyList<string> Roles)>> ListAsync(CancellationToken cancellationToken)
    {
        var list = new List<(User, IReadOnlyList<string>)>();
        foreach (var user in await users.Users.OrderBy(u => u.NormalizedUserName).ToListAsync(cancellationToken))
            list.Add((user, [.. (await users.GetRolesAsync(user)).Order(StringComparer.Ordinal)]));
        return list;
    }

    /// <summary>A disabled user can neither sign in nor refresh, and all sessions end.</summary>
    /// <returns>How many sessions were ended.</returns>
    public async Task<int> DisableAsync(string userName, CancellationToken cancellationToken)
    {
        var user = await FindAsync(userName);
        return await EndSessionsWithAsync(user, SessionEnd.UserDisabled, except: null, () =>
        {
            user.IsActive = false;
            return Task.CompletedTask;
        }, cancellationToken);
    }

    public async Task EnableAsync(string userName)
    {
        var user = await FindAsync(userName);
        user.IsActive = true;
        user.AccessFailedCount = 0;
        user.LockoutEnd = null;
        Require(await users.UpdateAsync(user));
    }

    /// <summary>Sets a password, lifts a lock, and ends all sessions.</summary>
    /// <returns>How many sessions were ended.</returns>
    public async Task<int> ResetPasswordAsync(string userName, string password, CancellationToken cancellationToken)
    {
        var user = await FindAsync(userName);
        return await EndSessionsWithAsync(user, SessionEnd.PasswordChanged, except: null, async () =>
        {
            await SetPasswordAsync(user, password);
            user.AccessFailedCount = 0;
            user.LockoutEnd = null;
        }, cancellationToken);
    }

    /// <summary>Changes a user and ends the sessions that the change makes unwanted, all or nothing. Sign-ins that began before make no session.</summary>
    /// <param name="except">The session to keep; null for none.</param>
    /// <param name="change">Changes the user; a fault it throws undoes all.</param>
    /// <returns>How many sessions were ended.</returns>
    public async Task<int> EndSessionsWithAsync(User user, SessionEnd reason, string? except, Func<Task> change, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await change();
        user.CredentialVersion++;
        Require(await users.UpdateAsync(user));
        var ended = await sessions.EndAllAsync(user.Id, except, reason, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        revocations.Nudge();
        return ended;
    }

    /// <exception cref="AdministrationException">The password breaks the rules.</exception>
    public async Task SetPasswordAsync(User user, string password)
    {
        if (await users.HasPasswordAsync(user)) Require(await users.RemovePasswordAsync(user));
        Require(await users.AddPasswordAsync(user, password));
    }

    /// <param name="userName">Or the e-mail address where users sign in by it.</param>
    /// <exception cref="AdministrationException">There is none.</exception>
    public async Task<User> FindAsync(string userName) =>
        await users.FindByNameAsync(userName) ?? await logins.FindAsync(userName) ?? throw new AdministrationException($"There is no user '{userName}'");

    public static void Require(IdentityResult result)
    {
        if (!result.Succeeded) throw new AdministrationException(string.Join(" ", result.Errors.Select(e => e.Description)));
    }
}

/// <summary>What was asked for cannot be done, and why, for its reader.</summary>
internal sealed class AdministrationException(string message) : Exception(message);
