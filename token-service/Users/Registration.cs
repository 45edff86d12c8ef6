using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>How a registration ended: a user, or how long to wait, or faults.</summary>
internal sealed record RegistrationResult(User? User = null, TimeSpan? RetryAfter = null, IReadOnlyList<IdentityError>? Faults = null);

/// <summary>Counts attempts by client address, good and bad alike: each costs a hash and tells whether a name is taken.</summary>
internal sealed class RegistrationThrottle(IOptions<UserOptions> options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _addresses =
        FailureThrottle.Windows(options.Value.Registration.AttemptsPerAddress, options.Value.Registration.Window);

    /// <returns>How long to wait; null when the attempt may be made, which then counts.</returns>
    public TimeSpan? Enter(string? address) => FailureThrottle.Wait(_addresses, FailureThrottle.Network(address), permits: 1);

    public void Dispose() => _addresses.Dispose();
}

/// <summary>Makes a user without roles for a stranger.</summary>
internal sealed class Registration(UserAdministration administration, HashingGate gate, RegistrationThrottle throttle)
{
    /// <param name="login">
    /// What <see cref="UserOptions.LoginField"/> says. By e-mail the address is the user name as well: the unique index on names then keeps two nodes from
    /// making one address twice.
    /// </param>
    /// <param name="email">Null for none.</param>
    /// <exception cref="HashingBusyException">Too many passwords are waiting to be hashed.</exception>
    public async Task<RegistrationResult> RunAsync(string login, string password, string? email, string? address, CancellationToken cancellationToken)
    {
        if (throttle.Enter(address) is { } wait) return new(RetryAfter: wait);
        using var slot = await gate.EnterAsync(cancellationToken);
        try
        {
            return new(await administration.AddAsync(login, password, email, displayName: null, roleNames: [], cancellationToken));
        }
        catch (AdministrationException e)
        {
            return new(Faults: e.Errors);
        }
    }
}
