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

    [Theory]
    [InlineData("Username", false)]
    [InlineData("email", true)]
    public void LoginField_IsUserNameOrEmail(string field, bool byEmail)
    {
        var options = new UserOptions { LoginField = field };
        Assert.Empty(Faults(options));
        Assert.Equal(byEmail, options.SignsInByEmail);
    }

    [Fact]
    public void OtherLoginField_IsRefused() =>
        Assert.Equal(["Users:LoginField is 'Phone'; legal values are Username and Email"], Faults(new UserOptions { LoginField = "Phone" }));

    [Fact]
    public void WhatSettingsDoNotKnow_IsRefused() => Assert.Equal(
        ["Users:OnRoleChange is '7'; legal values are Refresh, EndSessions",
            "Users:OnPasswordChange is '-1'; legal values are EndOtherSessions, EndAllSessions, KeepSessions",
            "Users:OnDisable is '2'; legal values are EndSessions, Suspend"],
        Faults(new UserOptions { OnRoleChange = (RoleChange)7, OnPasswordChange = (PasswordChangeEffect)(-1), OnDisable = (DisableEffect)2 }));

    [Fact]
    public void RegistrationAndCommonPasswords_HaveBounds() => Assert.Equal(
        ["Users:CommonPasswordsFile names a file that does not exist: '/absent'",
            "Users:Registration:AttemptsPerAddress is 0; it must be at least 1",
            "Users:Registration:Window is 1.00:00:01; it must be from 00:00:01 to 1.00:00:00"],
        Faults(new UserOptions
        {
            CommonPasswordsFile = "/absent",
            Registration = new() { AttemptsPerAddress = 0, Window = TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1) },
        }));

    [Fact]
    public void LimitsOfGuessing_HaveBounds() => Assert.Equal(
        ["Users:ConcurrentHashes is 65; it must be from 0 to 64",
            "Users:HashQueue is -1; it must be from 0 to 10000",
            "Users:Throttle:FailuresPerAccount and FailuresPerAddress must be at least 1",
            "Users:Throttle:Window is 00:00:00; it must be from 00:00:01 to 1.00:00:00",
            "Users:Lockout:Failures is 101; it must be from 1 to 100",
            "Users:Lockout:Duration is 00:00:00; it must be at least 00:00:01"],
        Faults(new UserOptions
        {
            ConcurrentHashes = 65,
            HashQueue = -1,
            Throttle = new() { FailuresPerAccount = 0, Window = TimeSpan.Zero },
            Lockout = new() { Failures = 101, Duration = TimeSpan.Zero },
        }));

    private static IEnumerable<string> Faults(UserOptions options) => Validator.Validate(null, options).Failures ?? [];
}
