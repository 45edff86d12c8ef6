using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Observability;
using FrontDoor.TokenService.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>Why a sign-in was refused. For the audit log alone: a client must not learn it.</summary>
internal enum LoginFailure
{
    UnknownUser,

    /// <summary>An imported user whose hash cannot be checked here.</summary>
    NoPassword,

    Locked,
    WrongPassword,

    /// <summary>The password was right.</summary>
    Inactive,

    /// <summary>Follows the failure that used up the limit; the refusals until the window ends are not recorded.</summary>
    Throttled,
}

/// <summary>How a sign-in ended. Everything but <see cref="User"/> and <see cref="RetryAfter"/> is one refusal to the client.</summary>
internal readonly record struct LoginResult(User? User, TimeSpan? RetryAfter);

/// <summary>Checks a user name, or e-mail address, and password. One answer and one cost for every kind of failure.</summary>
internal sealed partial class PasswordLogin(
    UserManager<User> users,
    LoginNames logins,
    TokenDb db,
    DecoyHash decoy,
    HashingGate gate,
    FailureThrottle throttle,
    AuditLog audit,
    TokenServiceMeter meter,
    IOptions<UserOptions> options,
    TimeProvider time,
    ILogger<PasswordLogin> logger)
{
    /// <param name="login">What <see cref="UserOptions.LoginField"/> says.</param>
    /// <param name="address">The client's, for throttling.</param>
    /// <returns>The active user; or neither: unknown, wrong password, no password set, locked or inactive; or how long to wait.</returns>
    /// <exception cref="HashingBusyException">Too many sign-ins are waiting.</exception>
    public async Task<LoginResult> CheckAsync(string login, string password, string? address, CancellationToken cancellationToken)
    {
        try
        {
            var (result, failure) = await JudgeAsync(login, password, address, cancellationToken);
            meter.SignedIn(failure?.ToString() ?? "Succeeded");
            return result;
        }
        catch (HashingBusyException)
        {
            meter.SignedIn("Busy");
            throw;
        }
    }

    private async Task<(LoginResult Result, LoginFailure? Failure)> JudgeAsync(string login, string password, string? address, CancellationToken cancellationToken)
    {
        if (throttle.Wait(login, address) is { } wait) return (new(null, wait), LoginFailure.Throttled);

        gate.RefuseWhenFull();
        var user = await logins.FindAsync(login);
        LoginFailure? failure;
        using (await gate.EnterAsync(cancellationToken))
        {
            // Of guesses made side by side, those that waited here have not seen the first ones fail.
            if (throttle.Wait(login, address) is { } longer) return (new(null, longer), LoginFailure.Throttled);
            failure = await VerifyAsync(user, password);
            // An inactive user, too: otherwise the lack of a 429 would say that the password was right.
            if (failure is not null) throttle.Fail(login, address);
        }

        if (failure is not null)
        {
            await RecordAsync(user, failure.Value, isLast: throttle.Wait(login, address) is not null);
            return (default, failure);
        }

        if (user!.AccessFailedCount > 0) await users.ResetAccessFailedCountAsync(user);
        return (new(user, null), null);
    }

    private async Task<LoginFailure?> VerifyAsync(User? user, string password)
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

    /// <summary>Counts and records, both or neither, and not to be cancelled: who hangs up has guessed all the same.</summary>
    /// <param name="isLast">Whether it used up what the throttle allows.</param>
    private async Task RecordAsync(User? user, LoginFailure failure, bool isLast)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        // Never the name that was typed: it may be a password in the wrong field.
        await audit.FailedAsync(AuditEvents.LoginFailed, user?.Id, failure.ToString(), CancellationToken.None);
        if (isLast) await audit.FailedAsync(AuditEvents.LoginFailed, user?.Id, nameof(LoginFailure.Throttled), CancellationToken.None);
        if (failure == LoginFailure.WrongPassword) await CountFailureAsync(user!);
        await transaction.CommitAsync(CancellationToken.None);
    }

    // One statement: guesses made side by side each count, and one of them reaches the limit.
    private async Task CountFailureAsync(User user)
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
