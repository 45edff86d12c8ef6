using FrontDoor.TokenService.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>How a sign-in ended. Everything but <see cref="User"/> and <see cref="RetryAfter"/> is one refusal to the client.</summary>
internal readonly record struct LoginResult(User? User, TimeSpan? RetryAfter);

/// <summary>Checks a user name and password. One answer and one cost for every kind of failure.</summary>
internal sealed partial class PasswordLogin(
    UserManager<User> users,
    TokenDb db,
    DecoyHash decoy,
    HashingGate gate,
    FailureThrottle throttle,
    IOptions<UserOptions> options,
    TimeProvider time,
    ILogger<PasswordLogin> logger)
{
    /// <param name="address">The client's, for throttling.</param>
    /// <returns>The active user; or neither: unknown, wrong password, no password set, locked or inactive; or how long to wait.</returns>
    /// <exception cref="HashingBusyException">Too many sign-ins are waiting.</exception>
    public async Task<LoginResult> CheckAsync(string userName, string password, string? address, CancellationToken cancellationToken)
    {
        if (throttle.Wait(userName, address) is { } wait) return new(null, wait);

        gate.RefuseWhenFull();
        var user = await users.FindByNameAsync(userName);
        using (await gate.EnterAsync(cancellationToken))
        {
            // Of guesses made side by side, those that waited here have not seen the first ones fail.
            if (throttle.Wait(userName, address) is { } longer) return new(null, longer);
            if (user?.PasswordHash is null || user.LockoutEnd > time.GetUtcNow())
            {
                decoy.Check(password);
                throttle.Fail(userName, address);
                return default;
            }

            // CheckPasswordAsync also renews a hash made with older parameters.
            if (!await users.CheckPasswordAsync(user, password))
            {
                throttle.Fail(userName, address);
                await CountFailureAsync(user);
                return default;
            }
        }

        if (!user.IsActive)
        {
            // Counted like a wrong password: otherwise the lack of a 429 would say that it was right.
            throttle.Fail(userName, address);
            return default;
        }

        if (user.AccessFailedCount > 0) await users.ResetAccessFailedCountAsync(user);
        return new(user, null);
    }

    // One statement: guesses made side by side each count.
    private async Task CountFailureAsync(User user)
    {
        var most = options.Value.Lockout.Failures;
        DateTimeOffset? until = time.GetUtcNow() + options.Value.Lockout.Duration;
        await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(set => set
            .SetProperty(u => u.LockoutEnd, u => u.AccessFailedCount + 1 >= most ? until : u.LockoutEnd)
            .SetProperty(u => u.AccessFailedCount, u => u.AccessFailedCount + 1 >= most ? 0 : u.AccessFailedCount + 1));
        if (user.AccessFailedCount + 1 >= most) Log.Locked(logger, user.Id, until.Value);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "User {UserId} is locked until {Until} after too many wrong passwords in a row")]
        public static partial void Locked(ILogger logger, string userId, DateTimeOffset until);
    }
}
