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
        const string expected = "Policies:x demands nothing; name scopes, roles, claims or methods, or use the policy Default for any valid token";
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

    [Theory]
    [InlineData("a b")]
    [InlineData("a\"b")]
    [InlineData("a\\b")]
    [InlineData("é")]
    public void ScopeThatAHeaderFieldCannotName_IsAFault(string scope) => Assert.Equal(
        [$"Policies:x:Scopes has '{scope}'; a scope has visible ASCII characters without \" and \\ only"], Faults("x", new PolicyOptions { Scopes = new Condition { Any = [scope] } }));

    [Theory]
    [InlineData("get")]
    [InlineData("GET,POST")]
    [InlineData("*")]
    public void MethodInAnotherForm_IsAFault(string method) => Assert.Equal(
        [$"Policies:x:Methods has '{method}'; a method has upper-case letters only, such as GET"], Faults("x", new PolicyOptions { Methods = [method] }));

    [Fact]
    public void ClaimCondition_NeedsANameAndOneDemand()
    {
        Assert.Equal(
            ["Policies:x:Claims:0:Claim is missing; it is a claim's name, or a path such as realm_access.roles"], Faults("x", With(new ClaimCondition { Equals = "a" })));
        Assert.Equal(["Policies:x:Claims:0 has 0 of Equals, Contains and Matches; it needs exactly one"], Faults("x", With(new ClaimCondition { Claim = "a" })));
        Assert.Equal(
            ["Policies:x:Claims:0 has 2 of Equals, Contains and Matches; it needs exactly one"], Faults("x", With(new ClaimCondition { Claim = "a", Equals = "a", Contains = "a" })));
        Assert.Equal(["Policies:x:Claims:0 has an empty value"], Faults("x", With(new ClaimCondition { Claim = "a", Contains = "" })));
        Assert.Empty(Faults("x", With(new ClaimCondition { Claim = "a", Matches = "a|b" })));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("a)|(b")]
    [InlineData("(?=a)")]
    [InlineData(@"(a)\1")]
    public void ExpressionThatIsNoneOrNotLinear_IsAFault(string expression) =>
        Assert.StartsWith($"Policies:x:Claims:0:Matches is '{expression}': ", Assert.Single(Faults("x", With(new ClaimCondition { Claim = "a", Matches = expression }))), StringComparison.Ordinal);

    [Fact]
    public void CombinationWithConditionsOrOfBothKinds_IsAFault()
    {
        const string expected = "Policies:x mixes kinds; a policy has conditions, or AllOf, or AnyOf";
        Assert.Equal([expected], Faults("x", Sound with { AllOf = ["a"] }, ("a", Sound)));
        Assert.Equal([expected], Faults("x", new PolicyOptions { AllOf = ["a"], AnyOf = ["a"] }, ("a", Sound)));
        Assert.Equal([expected], Faults("x", new PolicyOptions { Methods = ["GET"], AnyOf = ["a"] }, ("a", Sound)));
    }

    [Theory]
    [InlineData("admni", "; did you mean admin?")]
    [InlineData("Anonymous", "")]
    [InlineData("", "")]
    public void UnknownPart_IsAFault(string part, string hint)
    {
        Assert.Equal([$"Policies:x:AllOf has '{part}', which Policies does not have{hint}"], Faults("x", new PolicyOptions { AllOf = [part] }, ("admin", Sound)));
        Assert.Equal([$"Policies:x:AnyOf has '{part}', which Policies does not have{hint}"], Faults("x", new PolicyOptions { AnyOf = ["admin", part] }, ("admin", Sound)));
    }

    [Fact]
    public void PartOnTrial_IsAFault() => Assert.Equal(
        ["Policies:x:AnyOf has a, which is a dry run; only the whole combination can be one"], Faults("x", new PolicyOptions { AnyOf = ["a"] }, ("a", Sound with { DryRun = true })));

    [Fact]
    public void Cycle_IsAFaultOfEachPolicyInIt()
    {
        Assert.Equal(["Policies:x leads back to itself: x > x"], Faults("x", new PolicyOptions { AllOf = ["X"] }).Select(f => f.Replace('X', 'x')));
        Assert.Equal(
            ["Policies:x leads back to itself: x > a > x", "Policies:a leads back to itself: a > x > a"],
            Faults("x", new PolicyOptions { AllOf = ["b", "a"] }, ("a", new PolicyOptions { AnyOf = ["x"] }), ("b", Sound)));
    }

    [Fact]
    public void PolicyUsedTwice_IsNoCycle() => Assert.Empty(
        Faults("x", new PolicyOptions { AllOf = ["a", "b"] }, ("a", new PolicyOptions { AnyOf = ["b"] }), ("b", Sound)));

    [Fact]
    public void PolicyNames_HaveNoCase() => Assert.True(new PoliciesOptions { ["Admin"] = Sound }.ContainsKey("admin"));

    private static PolicyOptions With(ClaimCondition condition) => new() { Claims = [condition] };

    private static string[] Faults(string name, PolicyOptions policy, params (string Name, PolicyOptions Policy)[] others)
    {
        var all = new PoliciesOptions { [name] = policy };
        foreach (var (other, options) in others) all[other] = options;
        return [.. new PoliciesOptionsValidator().Validate(null, all).Failures ?? []];
    }
}
