using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Revocations;
using FrontDoor.TokenService.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>What an administrator does to users. Every fault is a sentence for its reader.</summary>
internal sealed class UserAdministration(
    UserManager<User> users,
    RoleAdministration roles,
    LastAdministrator lastAdministrator,
    LoginNames logins,
    EmailTurns emails,
    Sessions sessions,
    RevocationLog revocations,
    AuditLog audit,
    AuditSource source,
    TokenDb db,
    IOptions<UserOptions> options)
{
    /// <summary>Makes a user with roles, all or nothing; roles are made where absent.</summary>
    /// <param name="email">Null for none; where users sign in by it, the user name.</param>
    public async Task<User> AddAsync(
        string userName, string password, string? email, string? displayName, IEnumerable<string> roleNames, CancellationToken cancellationToken)
    {
        if (email is not null) UserFields.RequireEmail(email);
        try
        {
            var user = new User { UserName = userName, Email = email ?? (options.Value.SignsInByEmail ? userName : null), DisplayName = displayName };
            return await InsertAsync(user, password, roleNames, cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Somebody added the same name between the check and the insertion.
            db.ChangeTracker.Clear();
            if (await users.FindByNameAsync(userName) is null) throw;
            throw AdministrationException.Of(users.ErrorDescriber.DuplicateUserName(userName));
        }
    }

    /// <summary>Gives a user exactly these roles. <see cref="UserOptions.OnRoleChange"/> says what becomes of the sessions.</summary>
    /// <returns>How many sessions were ended.</returns>
    public async Task<int> SetRolesAsync(string userName, IReadOnlyCollection<string> roleNames, CancellationToken cancellationToken)
    {
        var user = await FindAsync(userName);
        if (await roles.HasExactlyAsync(user, roleNames)) return 0;
        if (options.Value.OnRoleChange == RoleChange.EndSessions)
            return await EndSessionsWithAsync(user, SessionEnd.RolesChanged, except: null, ChangeAsync, cancellationToken);

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await ChangeAsync();
        await transaction.CommitAsync(cancellationToken);
        return 0;

        async Task ChangeAsync()
        {
            await lastAdministrator.RequireAnotherAsync(user, roleNames, cancellationToken);
            await roles.ReplaceAsync(user, roleNames);
            await audit.SucceededAsync(AuditEvents.UserRolesChanged, user.Id, $"now: {string.Join(", ", roleNames)}", cancellationToken);
        }
    }

    /// <summary>A disabled user can neither sign in nor refresh. <see cref="UserOptions.OnDisable"/> says whether all sessions end.</summary>
    /// <returns>How many sessions were ended.</returns>
    public async Task<int> DisableAsync(string userName, CancellationToken cancellationToken)
    {
        var user = await FindAsync(userName);
        SessionEnd? reason = options.Value.OnDisable == DisableEffect.EndSessions ? SessionEnd.UserDisabled : null;
        return await EndSessionsWithAsync(user, reason, except: null, async () =>
        {
            await lastAdministrator.RequireAnotherAsync(user, roles: null, cancellationToken);
            user.IsActive = false;
            await audit.SucceededAsync(AuditEvents.UserDisabled, user.Id, cancellationToken: cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Removes a user for good: all sessions end, and their rows go with the user's.</summary>
    /// <returns>How many sessions were ended.</returns>
    public async Task<int> DeleteAsync(string userName, CancellationToken cancellationToken)
    {
        var user = await FindAsync(userName);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await lastAdministrator.RequireAnotherAsync(user, roles: null, cancellationToken);
        // Locks the row: a sign-in that is under way waits, and then finds nobody to make a session for.
        user.CredentialVersion++;
        AdministrationException.Require(await users.UpdateAsync(user));
        var ended = await sessions.EndAllAsync(user.Id, except: null, SessionEnd.UserDeleted, cancellationToken);
        AdministrationException.Require(await users.DeleteAsync(user));
        await audit.SucceededAsync(AuditEvents.UserDeleted, user.Id, cancellationToken: cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        revocations.Nudge();
        return ended;
    }

    public async Task EnableAsync(string userName)
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        var user = await FindAsync(userName);
        user.IsActive = true;
        user.AccessFailedCount = 0;
        user.LockoutEnd = null;
        AdministrationException.Require(await users.UpdateAsync(user));
        await audit.SucceededAsync(AuditEvents.UserEnabled, user.Id);
        await transaction.CommitAsync();
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
            await audit.SucceededAsync(AuditEvents.PasswordReset, user.Id, cancellationToken: cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Changes a user and ends the sessions that the change makes unwanted, all or nothing. Sign-ins that began before make no session.</summary>
    /// <param name="reason">Null: none is ended.</param>
    /// <param name="except">The session to keep; null for none.</param>
    /// <param name="change">Changes the user; a fault it throws undoes all.</param>
    /// <returns>How many sessions were ended.</returns>
    public async Task<int> EndSessionsWithAsync(User user, SessionEnd? reason, string? except, Func<Task> change, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await change();
        user.CredentialVersion++;
        AdministrationException.Require(await users.UpdateAsync(user));
        var ended = reason is { } why ? await sessions.EndAllAsync(user.Id, except, why, cancellationToken) : 0;
        await transaction.CommitAsync(cancellationToken);
        revocations.Nudge();
        return ended;
    }

    /// <exception cref="AdministrationException">The password breaks the rules.</exception>
    public async Task SetPasswordAsync(User user, string password)
    {
        if (await users.HasPasswordAsync(user)) AdministrationException.Require(await users.RemovePasswordAsync(user));
        AdministrationException.Require(await users.AddPasswordAsync(user, AsSignInReadsIt(password)));
    }

    /// <param name="userName">Or the e-mail address where users sign in by it.</param>
    /// <exception cref="AdministrationException">There is none.</exception>
    public async Task<User> FindAsync(string userName) =>
        await users.FindByNameAsync(userName) ?? await logins.FindAsync(userName) ?? throw new AdministrationException($"There is no user '{userName}'");

    // Otherwise a password with outer spaces, from a prompt or a file, might never be right.
    private string AsSignInReadsIt(string password) => options.Value.TrimPasswords ? password.Trim() : password;

    private async Task<User> InsertAsync(User user, string password, IEnumerable<string> roleNames, CancellationToken cancellationToken)
    {
        source.Actor ??= user.Id; // nobody is signed in who registers
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await emails.TakeAsync(user.Email, cancellationToken);
        AdministrationException.Require(await users.CreateAsync(user, AsSignInReadsIt(password)));
        await roles.ReplaceAsync(user, roleNames);
        await audit.SucceededAsync(AuditEvents.UserAdded, user.Id, cancellationToken: cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return user;
    }
}
