using FrontDoor.TokenService.Audit;
using Xunit;

namespace FrontDoor.TokenService.Tests.Audit;

public sealed class AuditOptionsTests
{
    [Fact]
    public void Defaults_AreLegal() => Assert.True(Validate(new AuditOptions()).Succeeded);

    [Theory]
    [InlineData("0.23:59:59")]
    [InlineData("3650.00:00:01")]
    [InlineData("-1.00:00:00")]
    public void RetentionOutOfRange_IsNamed(string retention) => Assert.StartsWith(
        "Audit:Retention is ", Validate(new AuditOptions { Retention = TimeSpan.Parse(retention, null) }).FailureMessage, StringComparison.Ordinal);

    [Theory]
    [InlineData(9)]
    [InlineData(100_001)]
    public void FailuresOutOfRange_AreNamed(int failures) =>
        Assert.Equal($"Audit:FailuresPerHour is {failures}; it must be from 10 to 100000", Validate(new AuditOptions { FailuresPerHour = failures }).FailureMessage);

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(AuditOptions options) => new AuditOptionsValidator().Validate(null, options);
}
