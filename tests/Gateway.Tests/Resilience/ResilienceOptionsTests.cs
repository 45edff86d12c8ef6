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

    [Fact]
    public void TotalBelowAttempt_IsAFault() => Assert.Equal(
        ["Resilience:Clusters:sample:TotalTimeout is 00:00:10; it must be at least AttemptTimeout (00:00:30)"],
        Faults("sample", new ClusterResilience { TotalTimeout = TimeSpan.FromSeconds(10) }));

    [Theory]
    [InlineData(-1)]
    [InlineData(6)]
    public void RetriesOutOfBounds_AreAFault(int retries) =>
        Assert.Equal([$"Resilience:Clusters:sample:Retries is {retries}; it must be from 0 to 5"], Faults("sample", new ClusterResilience { Retries = retries }));

    private static string[] Faults(string cluster, ClusterResilience resilience) =>
        [.. new ResilienceOptionsValidator().Validate(null, new ResilienceOptions { Clusters = new Dictionary<string, ClusterResilience> { [cluster] = resilience } }).Failures ?? []];
}
