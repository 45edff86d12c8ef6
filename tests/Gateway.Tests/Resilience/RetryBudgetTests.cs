using FrontDoor.Gateway.Resilience;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace FrontDoor.Gateway.Tests.Resilience;

public sealed class RetryBudgetTests
{
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(0, 0, 100, 0)]
    [InlineData(0.2, 0, 100, 20)]
    [InlineData(0.2, 0, 4, 0)]
    [InlineData(1, 0, 7, 7)]
    [InlineData(0, 10, 0, 10)]
    [InlineData(0.1, 3, 50, 8)]
    [InlineData(1, 0, 1_000, 100)] // what a quiet hour saves does not fall on an outage
    public void FurtherAttempts_AreAShareOfTheRequestsAndSomePerSecond(double ratio, int perSecond, int requests, int attempts)
    {
        var budget = new RetryBudget(new RetryBudgetOptions { Ratio = ratio, MinPerSecond = perSecond }, _clock);
        for (var i = 0; i < requests; i++) budget.Earn();
        Assert.Equal(attempts, Enumerable.Range(0, 2_000).Count(_ => budget.TrySpend()));
    }

    [Fact]
    public void NextSecond_HasItsOwn()
    {
        var budget = new RetryBudget(new RetryBudgetOptions { Ratio = 0, MinPerSecond = 1 }, _clock);
        Assert.Equal((true, false), (budget.TrySpend(), budget.TrySpend()));
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(budget.TrySpend());
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((true, false), (budget.TrySpend(), budget.TrySpend()));
    }
}
