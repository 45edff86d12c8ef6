using FrontDoor.Gateway.IdentityPropagation;
using Xunit;

namespace FrontDoor.Gateway.Tests.IdentityPropagation;

public sealed class IdentityOptionsTests
{
    [Fact]
    public void Defaults_HaveNoFault() => Assert.Empty(Faults(new IdentityOptions()));

    [Theory]
    [InlineData("X_User")]
    [InlineData("X User")]
    [InlineData("X:User")]
    [InlineData("X-Usér")]
    [InlineData("X\r\n")]
    [InlineData("")]
    [InlineData("--")]
    public void HeaderNameWithOtherThanLettersDigitsHyphens_IsAFault(string header) => Assert.Equal(
        [$"IdentityPropagation:Headers has '{header}'; a header name has letters, digits and hyphens only, and not hyphens alone"], Faults(With(header, "sub")));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void NoClaim_IsAFault(string claim) => Assert.Equal(["IdentityPropagation:Headers:X-User names no claim"], Faults(With("X-User", claim)));

    [Theory]
    [InlineData("")]
    [InlineData("X-", null)]
    [InlineData("_-")]
    public void StartWithoutLetterOrDigit_IsAFault(string start, string? fault = "") => Assert.Equal(
        fault is null ? [] : [$"IdentityPropagation:AlsoRemove has '{start}'; the start of a header name has a letter or a digit"], Faults(new IdentityOptions { AlsoRemove = [start] }));

    [Fact]
    public void FaultsOfARoute_HaveItsPath() => Assert.Equal(
        [
            "IdentityPropagation:Routes:r:Headers has 'X_User'; a header name has letters, digits and hyphens only, and not hyphens alone",
            "IdentityPropagation:Routes:r:Headers:X-User names no claim",
            "IdentityPropagation:Routes:r:Authorization is 7; legal values are Forward, Drop",
        ],
        Faults(new IdentityOptions
        {
            Routes = new Dictionary<string, RouteIdentityOptions>
            {
                ["r"] = new() { Headers = new Dictionary<string, string> { ["X_User"] = "sub", ["X-User"] = "" }, Authorization = (CredentialHandling)7 },
            },
        }));

    [Theory]
    [InlineData(255)]
    [InlineData(65537)]
    public void SizeOutOfBounds_IsAFault(int bytes) => Assert.Equal(
        [$"IdentityPropagation:MaxHeaderBytes is {bytes}; it must be from 256 to 65536"], Faults(new IdentityOptions { MaxHeaderBytes = bytes }));

    [Fact]
    public void ConfiguredHeaders_ReplaceTheDefaults() => Assert.Equal(["X-User"], With("X-User", "sub").EffectiveHeaders.Keys);

    private static IdentityOptions With(string header, string claim) => new() { Headers = new Dictionary<string, string> { [header] = claim } };

    private static string[] Faults(IdentityOptions options) => [.. new IdentityOptionsValidator().Validate(null, options).Failures ?? []];
}
