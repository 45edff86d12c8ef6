using FrontDoor.Gateway.RateLimiting;
using Xunit;

namespace FrontDoor.Gateway.Tests.RateLimiting;

public sealed class RateLimitOptionsTests
{
    [Fact]
    public void FaultyLimits_AreAllReportedAtOnce()
    {
        var result = new RateLimitsOptionsValidator().Validate(null, new RateLimitsOptions
        {
            ["none"] = new(),
            ["short"] = new() { Permits = 1, Window = TimeSpan.FromMilliseconds(500) },
            ["a:b"] = new() { Permits = 1 },
            ["by"] = new() { Permits = 1, By = "Claim:" },
            ["kind"] = new() { Permits = 1, Kind = (LimitKind)9 },
            ["places"] = new() { Permits = 1, Kind = LimitKind.Concurrency, Window = TimeSpan.FromMinutes(1), Queue = -1 },
            ["fixed"] = new() { Permits = 1, Segments = 1, Burst = 0, Queue = 1 },
            ["good"] = new() { Permits = 1 },
            ["sliding"] = new() { Permits = 1, Kind = LimitKind.SlidingWindow, Segments = 2 },
            ["bucket"] = new() { Permits = 1_000_000, Kind = LimitKind.TokenBucket, Burst = 5, Window = TimeSpan.FromSeconds(1), By = "claim:tenant" },
            ["queue"] = new() { Permits = 1, Kind = LimitKind.Concurrency, Queue = 5, By = "route" },
        });
        Assert.Equal(
            [
                "RateLimits:none:Permits is 0; it must be from 1 to 1000000",
                "RateLimits:short:Window is 00:00:00.5000000; it must be from 00:00:01 to 1.00:00:00",
                "RateLimits:a:b has a name with other than letters, digits, hyphens and underscores",
                "RateLimits:by:By is Claim:; legal values are Address, Route, User and Claim:<name>",
                "RateLimits:kind:Kind is 9; legal values are FixedWindow, SlidingWindow, TokenBucket, Concurrency",
                "RateLimits:places:Window means nothing with Kind Concurrency",
                "RateLimits:places:Queue is -1; it must be from 0 to 10000",
                "RateLimits:fixed:Segments means nothing with Kind FixedWindow",
                "RateLimits:fixed:Burst means nothing with Kind FixedWindow",
                "RateLimits:fixed:Queue means nothing with Kind FixedWindow",
                "RateLimits:fixed:Segments is 1; it must be from 2 to 60",
                "RateLimits:fixed:Burst is 0; it must be from 1 to 1000000",
            ],
            result.Failures);
    }
}
