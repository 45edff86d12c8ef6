using Microsoft.AspNetCore.Identity;

namespace FrontDoor.TokenService.Users;

/// <summary>How a change of password ended; all empty when it succeeded.</summary>
internal sealed record PasswordChangeResult(TimeSpan? RetryAfter, bool WrongOldPassword, IReadOnlyList<string> Faults);

/// <summary>Changes a password for whoever knows the old one. Guessing it is slowed down like guessing at sign-in.</summary>
internal sealed class PasswordChange(UserManager<User> users, HashingGate gate, FailureThrottle throttle)
{
    /// <exception cref="HashingBusyException">Too many sign-ins are waiting.</exception>
    public async Task<PasswordChangeResult> RunAsync(string userId, string oldPassword, string newPassword, string? address, CancellationToken cancellationToken)
    {
        var user = await users.FindByIdAsync(userId);
        if (user is not { IsActive: true, UserName: { } userName }) return new(null, WrongOldPassword: true, []);
        if (throttle.Wait(userName, address) is { } wait) return new(wait, false, []);

        using (await gate.EnterAsync(cancellationToken))
        {
            var result = await users.ChangePasswordAsync(user, oldPassword, newPassword);
            if (result.Succeeded) return new(null, false, []);
            if (result.Errors.All(e => e.Code != nameof(IdentityErrorDescriber.PasswordMismatch))) return new(null, false, [.. result.Errors.Select(e => e.Description)]);
            throttle.Fail(userName, address);
            return new(null, WrongOldPassword: true, []);
        }
    }
}
