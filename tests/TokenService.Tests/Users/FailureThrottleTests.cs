using FrontDoor.TokenService.Users;
using Microsoft.Extensions.Options;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class FailureThrottleTests
{
    /// <summary>Otherwise an address that has to wait could fill the memory with names.</summary>
    [Fact]
    public void AddressThatHasToWait_HasNothingMadeForTheNamesItTypes()
    {
        const int Names = 2000;
        using var throttle = new FailureThrottle(Options.Create(new UserOptions { Throttle = new ThrottleOptions { FailuresPerAddress = 1, Window = TimeSpan.FromDays(1) } }));
        throttle.Fail("somebody", "203.0.113.7");
        Assert.NotNull(throttle.Wait("somebody", "203.0.113.7"));
        var names = Enumerable.Range(0, Names).Select(i => $"{i}{new string('x', 250)}").ToArray();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var waits = names.Count(name => throttle.Wait(name, "203.0.113.7") is not null);
        var perName = (GC.GetAllocatedBytesForCurrentThread() - before) / Names;

        Assert.Equal(Names, waits);
        Assert.True(perName < 500, $"{perName} bytes for each name; the name alone has 500"); // a copy of it would be the key of a counter
    }
}
