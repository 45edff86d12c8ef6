using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>
/// Slows guessing down: failures are counted by account name, known or not, and by client address; past a limit every attempt waits for the
/// next window, right or wrong. Counted in this process.
/// </summary>
internal sealed class FailureThrottle(IOptions<UserOptions> options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _accounts = Windows(options.Value.Throttle.FailuresPerAccount, options.Value.Throttle.Window);
    private readonly PartitionedRateLimiter<string> _addresses = Windows(options.Value.Throttle.FailuresPerAddress, options.Value.Throttle.Window);

    /// <returns>How long to wait; null when the attempt may be made.</returns>
    // The address first: one that has to wait could else have a counter made for every name that it types.
    public TimeSpan? Wait(string userName, string? address) => Wait(_addresses, Network(address)) ?? Wait(_accounts, Fold(userName));

    public void Fail(string userName, string? address)
    {
        using var account = _accounts.AttemptAcquire(Fold(userName));
        using var client = _addresses.AttemptAcquire(Network(address));
    }

    public void Dispose()
    {
        _accounts.Dispose();
        _addresses.Dispose();
    }

    /// <param name="permits">0 only looks whether any is left.</param>
    public static TimeSpan? Wait(PartitionedRateLimiter<string> limiter, string key, int permits = 0)
    {
        using var lease = limiter.AttemptAcquire(key, permits);
        if (lease.IsAcquired) return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1);
    }

    public static PartitionedRateLimiter<string> Windows(int permits, TimeSpan window) => PartitionedRateLimiter.Create<string, string>(key =>
        RateLimitPartition.GetFixedWindowLimiter(key, _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = window, QueueLimit = 0 }));

    // An IPv6 customer has a /64 to himself and as many addresses as he likes.
    public static string Network(string? address)
    {
        if (!IPAddress.TryParse(address, out var ip)) return "unknown";
        if (ip.IsIPv4MappedToIPv6) ip = ip.MapToIPv4();
        if (ip.AddressFamily == AddressFamily.InterNetwork) return ip.ToString();
        var bytes = ip.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes).ToString();
    }

    // As Identity compares names, and short: a name is the client's to choose.
    private static string Fold(string userName) => (userName.Length <= 256 ? userName : userName[..256]).Normalize().ToUpperInvariant();
}
