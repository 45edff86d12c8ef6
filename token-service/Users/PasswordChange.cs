using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.RefreshTokens;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>How a change of password ended; all empty when it succeeded.</summary>
internal sealed record PasswordChangeResult(TimeSpan? RetryAfter, bool WrongOldPassword, IReadOnlyList<string> Faults);

/// <summary>Changes a password for whoever knows the old one; <see cref="UserOptions.OnPasswordChange"/> says which sessions end. Guessing it is slowed down, counted and locked out like guessing at sign-in.</summary>
internal sealed class PasswordChange(
    UserManager<User> users,
    LoginNames logins,
    PasswordCheck passwords,
    UserAdministration administration,
    HashingGate gate,
    FailureThrottle throttle,
    AuditLog audit,
    IOptions<UserOptions> options)
{
    /// <param name="sessionId">The session in which it is asked for.</param>
    /// <exception cref="HashingBusyException">Too many sign-ins are waiting.</exception>
    public async Task<PasswordChangeResult> RunAsync(
        string userId, string sessionId, string oldPassword, string newPassword, string? address, CancellationToken cancellationToken)
    {
        var user = await users.FindByIdAsync(userId);
        if (user is null) return new(null, WrongOldPassword: true, []);
        // One count with sign-in, which is guessing at the same password.
        var login = logins.Of(user);
        if (throttle.Wait(login, address) is { } wait) return new(wait, false, []);

        using (await gate.EnterAsync(cancellationToken))
        {
            // Of guesses made side by side, those that waited here have not seen the first ones fail.
            if (throttle.Wait(login, address) is { } longer) return new(longer, false, []);
            if (await passwords.VerifyAsync(user, oldPassword) is { } failure)
            {
                throttle.Fail(login, address);
                await passwords.RecordAsync(AuditEvents.PasswordChanged, user, failure, isLast: throttle.Wait(login, address) is not null);
                return new(null, WrongOldPassword: true, []);
            }

            await passwords.ForgetFailuresAsync(user);
            var faults = new List<string>();
            foreach (var validator in users.PasswordValidators)
                faults.AddRange((await validator.ValidateAsync(users, user, newPassword)).Errors.Select(e => e.Description));
            if (faults.Count > 0) return new(null, false, faults);

            var effect = options.Value.OnPasswordChange;
            SessionEnd? reason = effect == PasswordChangeEffect.KeepSessions ? null : SessionEnd.PasswordChanged;
            await administration.EndSessionsWithAsync(user, reason, effect == PasswordChangeEffect.EndAllSessions ? null : sessionId, async () =>
            {
                await administration.SetPasswordAsync(user, newPassword);
                await audit.SucceededAsync(AuditEvents.PasswordChanged, user.Id, cancellationToken: CancellationToken.None);
            }, CancellationToken.None);
            return new(null, false, []);
        }
    }
}
