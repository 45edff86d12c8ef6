using FrontDoor.Gateway.Authorization;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authorization;

public sealed class PolicyOptionsTests
{
    private static readonly PolicyOptions Sound = new() { Roles = new Condition { Any = ["admin"] } };

    [Fact]
    public void SoundPolicy_HasNoFault() => Assert.Empty(Faults("admin", Sound));

    [Theory]
    [InlineData("Anonymous")]
    [InlineData("anonymous")]
    [InlineData("Default")]
    [InlineData("DEFAULT")]
    public void ReservedName_IsAFault(string name) => Assert.Equal([$"Policies:{name} has a reserved name; Anonymous and Default mean what YARP says"], Faults(name, Sound));

    [Fact]
    public void PolicyThatDemandsNothing_IsAFault()
    {
        const string expected = "Policies:x demands nothing; name scopes or roles, or use the policy Default for any valid token";
        Assert.Equal([expected], Faults("x", new PolicyOptions()));
        Assert.Equal([expected], Faults("x", new PolicyOptions { Scopes = new Condition(), Roles = new Condition() }));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void EmptyValue_IsAFault(string value)
    {
        Assert.Equal(["Policies:x has an empty value"], Faults("x", new PolicyOptions { Scopes = new Condition { All = ["a", value] } }));
        Assert.Equal(["Policies:x has an empty value"], Faults("x", Sound with { Scopes = new Condition { Any = [value] } }));
    }

    [Fact]
    public void PolicyNames_HaveNoCase() => Assert.True(new PoliciesOptions { ["Admin"] = Sound }.ContainsKey("admin"));

    private static string[] Faults(string name, PolicyOptions policy) => [.. new PoliciesOptionsValidator().Validate(null, new PoliciesOptions { [name] = policy }).Failures ?? []];
}
