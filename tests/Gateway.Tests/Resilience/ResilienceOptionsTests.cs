using FrontDoor.Gateway.Resilience;
using Xunit;

namespace FrontDoor.Gateway.Tests.Resilience;

public sealed class ResilienceOptionsTests
{
    [Fact]
    public void Defaults_HaveNoFault() => Assert.Empty(Faults("sample", new ClusterResilience()));

    [Fact]
    public void ClusterNameInOtherCase_IsTheSame()
    {
        var options = new ResilienceOptions { Clusters = new Dictionary<string, ClusterResilience> { ["SAMPLE"] = new ClusterResilience { Retries = 5 } } };
        Assert.Equal(5, options.Of("sample").Retries);
        Assert.Equal(new ClusterResilience(), options.Of("other"));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(600_001)]
    public void AttemptTimeoutOutOfBounds_IsAFault(int milliseconds)
    {
        var attempt = TimeSpan.FromMilliseconds(milliseconds);
        Assert.Equal(
            [$"Resilience:Clusters:sample:AttemptTimeout is {attempt}; it must be from 00:00:00.01 to 00:10:00"],
            Faults("sample", new ClusterResilience { AttemptTimeout = attempt, TotalTimeout = TimeSpan.FromHours(1) }));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3601)]
    public void SlowStartOutOfBounds_IsAFault(int seconds)
    {
        var slow = TimeSpan.FromSeconds(seconds);
        Assert.Equal([$"Resilience:Clusters:sample:SlowStart is {slow}; it must be from 00:00:00 to 01:00:00"], Faults("sample", new ClusterResilience { SlowStart = slow }));
    }

    [Fact]
    public void TotalBelowAttempt_IsAFault() => Assert.Equal(
        ["Resilience:Clusters:sample:TotalTimeout is 00:00:10; it must be at least AttemptTimeout (00:00:30)"],
        Faults("sample", new ClusterResilience { TotalTimeout = TimeSpan.FromSeconds(10) }));

    [Theory]
    [InlineData(-1)]
    [InlineData(6)]
    public void RetriesOutOfBounds_AreAFault(int retries) =>
        Assert.Equal([$"Resilience:Clusters:sample:Retries is {retries}; it must be from 0 to 5"], Faults("sample", new ClusterResilience { Retries = retries }));

    [Fact]
    public void EveryIllegalValue_IsNamedAtOnce() => Assert.Equal(
        [
            "Resilience:Clusters:sample:RetryMethods has 'get'; legal values are GET, HEAD, OPTIONS, PUT, DELETE, POST, PATCH",
            "Resilience:Clusters:sample:RetryBudget:Ratio is 1.5; it must be from 0 to 1",
            "Resilience:Clusters:sample:RetryBudget:MinPerSecond is -1; it must be from 0 to 1000",
            "Resilience:Clusters:sample:Hedging:Delay is 00:00:00; it must be from 00:00:00.001 to 00:01:00",
            "Resilience:Clusters:sample:Hedging:Attempts is 6; it must be from 1 to 5",
            "Resilience:Clusters:sample:Concurrency:Limit is 0; it must be at least 1",
            "Resilience:Clusters:sample:Concurrency:Queue is -1; it must be at least 0",
            "Resilience:Clusters:sample:CircuitBreaker:FailureRatio is 0; it must be above 0 and at most 1",
            "Resilience:Clusters:sample:CircuitBreaker:MinimumThroughput is 1; it must be at least 2",
            "Resilience:Clusters:sample:CircuitBreaker:SamplingDuration is 00:00:00; it must be from 00:00:00.5 to 00:10:00",
            "Resilience:Clusters:sample:CircuitBreaker:BreakDuration is 1.00:00:00; it must be from 00:00:00.5 to 00:10:00",
        ],
        Faults("sample", new ClusterResilience
        {
            RetryMethods = ["get"],
            RetryBudget = new RetryBudgetOptions { Ratio = 1.5, MinPerSecond = -1 },
            Hedging = new HedgingOptions { Delay = TimeSpan.Zero, Attempts = 6 },
            Concurrency = new ConcurrencyOptions { Queue = -1 },
            CircuitBreaker = new CircuitBreakerOptions
            {
                FailureRatio = 0, MinimumThroughput = 1, SamplingDuration = TimeSpan.Zero, BreakDuration = TimeSpan.FromDays(1),
            },
        }));

    private static string[] Faults(string cluster, ClusterResilience resilience) =>
        [.. new ResilienceOptionsValidator().Validate(null, new ResilienceOptions { Clusters = new Dictionary<string, ClusterResilience> { [cluster] = resilience } }).Failures ?? []];
}
