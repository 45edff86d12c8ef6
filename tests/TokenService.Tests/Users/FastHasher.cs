using FrontDoor.TestKit;
using FrontDoor.TokenService.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FrontDoor.TokenService.Tests.Users;

/// <summary>Costs nothing, counts what it is asked, and can be held up: what is done with a hash, not the hash, is under test.</summary>
internal sealed class FastHasher : IPasswordHasher<User>, IDisposable
{
    private readonly ManualResetEventSlim _open = new(initialState: true);
    private int _verifications;
    private int _held;

    /// <summary>Passwords checked.</summary>
    public int Verifications => Volatile.Read(ref _verifications);

    /// <summary>Checks that wait for <see cref="Release"/>.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Puts it in the place of the service's own.</summary>
    public void Replace(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<IPasswordHasher<User>>(this));

    /// <summary>From now on every check waits.</summary>
    public void Hold() => _open.Reset();

    public void Release() => _open.Set();

    public string HashPassword(User user, string password) => "plain:" + password;

    public PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword)
    {
        Interlocked.Increment(ref _verifications);
        Interlocked.Increment(ref _held);
        var released = _open.Wait(Until.Patience);
        Interlocked.Decrement(ref _held);
        if (!released) throw new TimeoutException("Nobody released the hasher");
        return hashedPassword == "plain:" + providedPassword ? PasswordVerificationResult.Success : PasswordVerificationResult.Failed;
    }

    public void Dispose() => _open.Dispose();
}
