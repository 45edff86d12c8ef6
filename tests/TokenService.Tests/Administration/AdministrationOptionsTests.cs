using FrontDoor.TokenService.Administration;
using Xunit;

namespace FrontDoor.TokenService.Tests.Administration;

public sealed class AdministrationOptionsTests
{
    [Theory]
    [InlineData("admin", true)]
    [InlineData("", false)]
    [InlineData(" ", false)]
    public void Role_MustBeNamed(string role, bool legal) =>
        Assert.Equal(legal, new AdministrationOptionsValidator().Validate(null, new AdministrationOptions { Role = role }).Succeeded);
}
