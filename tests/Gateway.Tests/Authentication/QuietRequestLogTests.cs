using FrontDoor.Gateway.Authentication;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

public sealed class QuietRequestLogTests
{
    private const string Hosting = "Microsoft.AspNetCore.Hosting.Diagnostics";

    [Theory]
    [InlineData("Nothing", "true", LogLevel.None)]
    [InlineData("Logging:Console:FormatterOptions:IncludeScopes", "false", LogLevel.None)]
    [InlineData("Logging:Console:FormatterOptions:IncludeScopes", "True", LogLevel.Warning)]
    [InlineData("Logging:Console:IncludeScopes", "true", LogLevel.Warning)]
    [InlineData("Logging:OpenTelemetry:IncludeScopes", "true", LogLevel.Warning)]
    public void FrameworksRequestLog_IsSilentAndMakesScopesOnlyWhereTheyAreWritten(string setting, string value, LogLevel expected)
    {
        var options = new LoggerFilterOptions { Rules = { new LoggerFilterRule("Console", Hosting, LogLevel.Trace, null) } };
        QuietRequestLog.Quieten(options, new ConfigurationBuilder().AddInMemoryCollection([new(setting, value)]).Build());
        Assert.Equal([expected, expected], options.Rules.Where(r => r.CategoryName == Hosting && r.LogLevel != LogLevel.Trace).Select(r => r.LogLevel ?? LogLevel.Trace));
        Assert.Equal(["Console", null], options.Rules.Where(r => r.CategoryName == Hosting && r.LogLevel == expected).Select(r => r.ProviderName));
        Assert.All(options.Rules.Where(r => r.CategoryName != Hosting), r => Assert.Equal(LogLevel.Warning, r.LogLevel));
    }

    [Fact]
    public void StricterLevelForYarp_Stays()
    {
        const string yarp = "Yarp.ReverseProxy.Forwarder.HttpForwarder";
        var options = new LoggerFilterOptions { Rules = { new LoggerFilterRule(null, yarp, LogLevel.Error, null) } };
        QuietRequestLog.Quieten(options, new ConfigurationBuilder().Build());
        Assert.Equal(LogLevel.Error, Assert.Single(options.Rules, r => r.CategoryName == yarp).LogLevel);
    }
}
