using FrontDoor.TokenService.Users;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class UserOptionsTests
{
    private static readonly UserOptionsValidator Validator = new();

    [Fact]
    public void Defaults_AreLegal() => Assert.Empty(Faults(new UserOptions()));

    [Fact]
    public void FewestIterations_AreLegal() => Assert.Empty(Faults(new UserOptions { HashIterations = 100_000 }));

    [Fact]
    public void SeveralFaults_AreAllReported() => Assert.Equal(
        ["Users:HashIterations is 99999; at least 100000 are needed",
            "Users:Seed:ann:PasswordFile names a file that does not exist: '/absent'",
            "Users:Seed:bob:PasswordFile names a file that does not exist: ''"],
        Faults(new UserOptions { HashIterations = 99_999, Seed = new Dictionary<string, SeedUser> { ["ann"] = new() { PasswordFile = "/absent" }, ["bob"] = new() } }));

    private static IEnumerable<string> Faults(UserOptions options) => Validator.Validate(null, options).Failures ?? [];
}
