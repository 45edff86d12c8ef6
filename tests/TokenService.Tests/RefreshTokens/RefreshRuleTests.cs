using FrontDoor.TokenService.RefreshTokens;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

/// <summary>The complete truth table of the refresh-token family.</summary>
public sealed class RefreshRuleTests
{
    private const long Now = 1_000_000;
    private const long Grace = 10_000;

    private static readonly RotatedSession Living = new(
        "sid", Counter: 5, "jti", RotatedAt: Now - 1000, ExpiresAt: Now + 60_000, EndedAt: null, "user", "Name", IsActive: true, Roles: null);

    [Fact]
    public void NoRow_IsUnknown() => Assert.Equal(RefreshVerdict.Unknown, RefreshRule.Judge(null, 5, Now, Grace));

    [Theory]
    [InlineData(5, RefreshVerdict.Current)]
    [InlineData(4, RefreshVerdict.Grace)]
    [InlineData(3, RefreshVerdict.Reuse)]
    [InlineData(0, RefreshVerdict.Reuse)]
    [InlineData(6, RefreshVerdict.Unknown)]
    [InlineData(long.MaxValue, RefreshVerdict.Unknown)]
    [InlineData(-1, RefreshVerdict.Unknown)]
    [InlineData(long.MinValue, RefreshVerdict.Unknown)]
    public void Counter_Decides(long presented, object verdict) => Assert.Equal(verdict, RefreshRule.Judge(Living, presented, Now, Grace));

    [Theory]
    [InlineData(0, RefreshVerdict.Grace)]
    [InlineData(Grace - 1, RefreshVerdict.Grace)]
    [InlineData(Grace, RefreshVerdict.Grace)]
    [InlineData(Grace + 1, RefreshVerdict.Reuse)]
    [InlineData(-1, RefreshVerdict.Grace)]
    [InlineData(-Grace, RefreshVerdict.Grace)]
    [InlineData(-Grace - 1, RefreshVerdict.Undated)]
    [InlineData(-3_600_000, RefreshVerdict.Undated)]
    public void AgeOfTheRotation_DecidesOverThePreviousToken(long age, object verdict) =>
        Assert.Equal(verdict, RefreshRule.Judge(Living with { RotatedAt = Now - age }, 4, Now, Grace));

    [Theory]
    [InlineData(3)]
    [InlineData(0)]
    public void OlderThanThePreviousToken_IsReuseWhateverTheClock(long presented) =>
        Assert.Equal(RefreshVerdict.Reuse, RefreshRule.Judge(Living with { RotatedAt = Now + 3_600_000 }, presented, Now, Grace));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(-3_600_000)]
    public void StrictGrace_MakesThePreviousTokenReuseAtAnyAge(long age) =>
        Assert.Equal(RefreshVerdict.Reuse, RefreshRule.Judge(Living with { RotatedAt = Now - age }, 4, Now, 0));

    [Theory]
    [InlineData(5, 0)]
    [InlineData(5, Grace)]
    public void CurrentToken_NeedsNoGrace(long presented, long grace) =>
        Assert.Equal(RefreshVerdict.Current, RefreshRule.Judge(Living with { RotatedAt = 0 }, presented, Now, grace));

    [Theory]
    [InlineData(1, RefreshVerdict.Current)]
    [InlineData(0, RefreshVerdict.Expired)]
    [InlineData(-1, RefreshVerdict.Expired)]
    public void ExpiryInstant_IsExclusive(long left, object verdict) =>
        Assert.Equal(verdict, RefreshRule.Judge(Living with { ExpiresAt = Now + left }, 5, Now, Grace));

    [Theory]
    [InlineData(5)]
    [InlineData(4)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(-1)]
    public void EndedSession_WinsOverEverything(long presented) => Assert.Equal(
        RefreshVerdict.Ended,
        RefreshRule.Judge(Living with { EndedAt = 1, ExpiresAt = 0, IsActive = false }, presented, Now, Grace));

    [Theory]
    [InlineData(5)]
    [InlineData(4)]
    [InlineData(3)]
    public void ExpiredSession_IsExpiredWhateverTheUserOrToken(long presented) =>
        Assert.Equal(RefreshVerdict.Expired, RefreshRule.Judge(Living with { ExpiresAt = Now, IsActive = false }, presented, Now, Grace));

    [Theory]
    [InlineData(5)]
    [InlineData(4)]
    [InlineData(3)]
    public void InactiveUser_IsNamedForEveryTokenOfTheSession(long presented) =>
        Assert.Equal(RefreshVerdict.UserInactive, RefreshRule.Judge(Living with { IsActive = false }, presented, Now, Grace));

    [Theory]
    [InlineData(6)]
    [InlineData(-1)]
    public void CounterNeverIssued_IsUnknownEvenWhenExpiredOrInactive(long presented) =>
        Assert.Equal(RefreshVerdict.Unknown, RefreshRule.Judge(Living with { ExpiresAt = 0, IsActive = false }, presented, Now, Grace));

    [Fact]
    public void FirstToken_HasNoPredecessor() =>
        Assert.Equal(RefreshVerdict.Unknown, RefreshRule.Judge(Living with { Counter = 0 }, -1, Now, Grace));

    [Theory]
    [InlineData(null, new string[0])]
    [InlineData("", new string[0])]
    [InlineData("admin", new[] { "admin" })]
    [InlineData("a b\u001fc,d", new[] { "a b", "c,d" })]
    public void RolesColumn_SplitsAtTheSeparatorAlone(string? column, string[] roles) =>
        Assert.Equal(roles, (Living with { Roles = column }).ToSubject().Roles);
}
