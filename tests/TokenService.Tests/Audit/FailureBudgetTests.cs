using FrontDoor.TokenService.Audit;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace FrontDoor.TokenService.Tests.Audit;

public sealed class FailureBudgetTests
{
    private readonly FakeTimeProvider _clock = Clocks.Start();
    private readonly FailureBudget _budget;

    public FailureBudgetTests() => _budget = new FailureBudget(Options.Create(new AuditOptions { FailuresPerHour = 10 }), _clock);

    [Fact]
    public void PastTheLimit_NothingIsWrittenUntilTheHourIsOver_AndThenTheNumberIsTold()
    {
        for (var i = 0; i < 10; i++) Assert.Equal((true, 0), _budget.Take("login.failed"));
        for (var i = 0; i < 7; i++) Assert.Equal((false, 0), _budget.Take("login.failed"));
        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal((false, 0), _budget.Take("login.failed"));

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((true, 8), _budget.Take("login.failed"));
        Assert.Equal((true, 0), _budget.Take("login.failed"));
    }

    [Fact]
    public void OneEvent_LeavesTheOthersTheirs()
    {
        for (var i = 0; i < 11; i++) _budget.Take("login.failed");
        Assert.Equal((true, 0), _budget.Take("password.changed"));
    }

    [Fact]
    public void QuietHour_TellsNothing()
    {
        for (var i = 0; i < 10; i++) _budget.Take("login.failed");
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal((true, 0), _budget.Take("login.failed"));
    }
}
