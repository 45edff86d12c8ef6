using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>
/// Checks a user's password, at one cost for every outcome, and counts what was wrong. Whoever asks for a password asks here: a lock that holds at one door only is none.
/// </summary>
internal sealed partial class PasswordCheck(
    UserManager<User> users, TokenDb db, DecoyHash decoy, AuditLog audit, IOptions<UserOptions> options, TimeProvider time, ILogger<PasswordCheck> logger)
{
    /// <returns>Why it is refused; null when the password is right.</returns>
    public async Task<LoginFailure?> VerifyAsync(User? user, string password)
    {
        LoginFailure? without = user switch
        {
            null => LoginFailure.UnknownUser,
            { PasswordHash: null } => LoginFailure.NoPassword,
            _ when user.LockoutEnd > time.GetUtcNow() => LoginFailure.Locked,
            _ => null,
        };
        if (without is not null)
        {
            decoy.Check(password);
            return without;
        }

        // CheckPasswordAsync also renews a hash made with older parameters.
        if (!await users.CheckPasswordAsync(user!, password)) return LoginFailure.WrongPassword;
        return user!.IsActive ? null : LoginFailure.Inactive;
    }

    /// <summary>A right password starts the count of wrong ones anew.</summary>
    public async Task ForgetFailuresAsync(User user)
    {
        if (user.AccessFailedCount > 0) await users.ResetAccessFailedCountAsync(user);
    }

    /// <summary>Counts and records, both or neither, and not to be cancelled: who hangs up has guessed all the same.</summary>
    /// <param name="auditEvent">What was tried.</param>
    /// <param name="isLast">Whether it used up what the throttle allows.</param>
    public async Task RecordAsync(string auditEvent, User? user, LoginFailure failure, bool isLast)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        // Never the name that was typed: it may be a password in the wrong field.
        await audit.FailedAsync(auditEvent, user?.Id, failure.ToString(), CancellationToken.None);
        if (isLast) await audit.FailedAsync(auditEvent, user?.Id, nameof(LoginFailure.Throttled), CancellationToken.None);
        if (failure == LoginFailure.WrongPassword) await CountAsync(user!);
        await transaction.CommitAsync(CancellationToken.None);
    }

    // One statement: guesses made side by side each count, and one of them reaches the limit.
    private async Task CountAsync(User user)
    {
        var most = options.Value.Lockout.Failures;
        DateTimeOffset? until = time.GetUtcNow() + options.Value.Lockout.Duration;
        await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(set => set
            .SetProperty(u => u.LockoutEnd, u => u.AccessFailedCount + 1 >= most ? until : u.LockoutEnd)
            .SetProperty(u => u.AccessFailedCount, u => u.AccessFailedCount + 1 >= most ? 0 : u.AccessFailedCount + 1));
        if (!await db.Users.AnyAsync(u => u.Id == user.Id && u.AccessFailedCount == 0)) return;
        await audit.SucceededAsync(AuditEvents.UserLocked, user.Id, $"until {until:u}", CancellationToken.None);
        Log.Locked(logger, user.Id, until.Value);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "User {UserId} is locked until {Until} after too many wrong passwords in a row")]
        public static partial void Locked(ILogger logger, string userId, DateTimeOffset until);
    }
}
