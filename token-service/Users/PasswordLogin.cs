using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Observability;

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
internal sealed class PasswordLogin(LoginNames logins, PasswordCheck passwords, HashingGate gate, FailureThrottle throttle, TokenServiceMeter meter)
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
            failure = await passwords.VerifyAsync(user, password);
            // An inactive user, too: otherwise the lack of a 429 would say that the password was right.
            if (failure is not null) throttle.Fail(login, address);
        }

        if (failure is not null)
        {
            await passwords.RecordAsync(AuditEvents.LoginFailed, user, failure.Value, isLast: throttle.Wait(login, address) is not null);
            return (default, failure);
        }

        await passwords.ForgetFailuresAsync(user!);
        return (new(user, null), null);
    }
}
