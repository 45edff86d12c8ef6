using FrontDoor.Gateway.Management;
using Xunit;

namespace FrontDoor.Gateway.Tests.Management;

public sealed class ManagementOptionsTests
{
    [Fact]
    public void TimesOutOfBounds_AreFaults()
    {
        var minute = TimeSpan.FromMinutes(1);
        var faults = new ManagementOptionsValidator().Validate(null, new ManagementOptions { DrainDelay = 6 * minute, DrainTimeout = -minute }).Failures;
        Assert.Equal(
            ["Management:DrainDelay is 00:06:00; it must be from 00:00:00 to 00:05:00", "Management:DrainTimeout is -00:01:00; it must be from 00:00:00 to 01:00:00"], faults);
        Assert.True(new ManagementOptionsValidator().Validate(null, new ManagementOptions { DrainDelay = 5 * minute, DrainTimeout = TimeSpan.Zero }).Succeeded);
    }
}
