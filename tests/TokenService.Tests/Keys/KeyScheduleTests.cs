using FrontDoor.TokenService.Keys;
using Xunit;

namespace FrontDoor.TokenService.Tests.Keys;

/// <summary>The complete truth table: keys sign for 1000, are published 100 ahead, and their tokens live 50.</summary>
public sealed class KeyScheduleTests
{
    private static readonly KeySchedule Schedule = new(RotateEvery: 1000, PublishAhead: 100, LongestToken: 50);

    [Theory]
    [InlineData(999, nameof(KeyState.Next))]
    [InlineData(1000, nameof(KeyState.Current))]
    [InlineData(1_000_000_000, nameof(KeyState.Current))] // whatever its age, while nothing follows
    public void OnlyKey(long now, string state) => Assert.Equal(state, StateOf(0, now, Key(1, 1000)));

    [Theory]
    [InlineData(1999, nameof(KeyState.Current), nameof(KeyState.Next))]
    [InlineData(2000, nameof(KeyState.Previous), nameof(KeyState.Current))]
    [InlineData(2050, nameof(KeyState.Previous), nameof(KeyState.Current))] // the last token's last moment
    [InlineData(2051, nameof(KeyState.Gone), nameof(KeyState.Current))]
    public void KeyAndItsSuccessor(long now, string first, string second)
    {
        SigningKey[] keys = [Key(1, 1000), Key(2, 2000)];
        Assert.Equal((first, second), (StateOf(0, now, keys), StateOf(1, now, keys)));
    }

    [Fact]
    public void RevokedSecret_StaysSoForGood()
    {
        var secret = new SigningKey { Kid = "a", Generation = 1, Algorithm = "HS256", SealedPrivateKey = [], CreatedAt = 0, ActivatesAt = 1000, RevokedAt = 2000 };
        Assert.Equal(KeyState.Revoked, Schedule.StateOf(secret, [secret], 1_000_000_000));
    }

    [Fact]
    public void OfSeveralSuccessors_TheFirstEndsItsSigning()
    {
        SigningKey[] keys = [Key(3, 3000), Key(1, 1000), Key(2, 2000)];
        Assert.Equal([KeyState.Current, KeyState.Gone, KeyState.Previous], keys.Select(k => Schedule.StateOf(k, keys, 3050)));
    }

    [Fact]
    public void OfTwoActivatedTogether_TheHigherGenerationSigns()
    {
        SigningKey[] keys = [Key(2, 1000), Key(1, 1000)];
        Assert.Equal([KeyState.Current, KeyState.Previous], keys.Select(k => Schedule.StateOf(k, keys, 1000)));
    }

    [Theory]
    [InlineData(1500, nameof(KeyState.Revoked))]
    [InlineData(1550, nameof(KeyState.Revoked))]
    [InlineData(1551, nameof(KeyState.Gone))]
    public void RevokedKey(long now, string state) => Assert.Equal(state, StateOf(0, now, Key(1, 1000, revokedAt: 1500), Key(2, 1500)));

    [Fact]
    public void RevokedBeforeItSigned_IsRevokedAndNotNext() => Assert.Equal(nameof(KeyState.Revoked), StateOf(1, 1450, Key(1, 1000), Key(2, 2000, revokedAt: 1400)));

    [Fact]
    public void RevokedSuccessor_LetsThePreviousSignAgain()
    {
        SigningKey[] keys = [Key(1, 1000), Key(2, 2000, revokedAt: 2010)];
        Assert.Equal([KeyState.Current, KeyState.Revoked], keys.Select(k => Schedule.StateOf(k, keys, 2020)));
    }

    [Theory]
    [InlineData(1899, null)]
    [InlineData(1900, 2000L)] // published ahead of the end of its signing
    [InlineData(1950, 2050L)] // late: a full notice all the same
    [InlineData(9000, 9100L)] // asleep for long
    public void NextKey_IsMadeInTime(long now, long? activatesAt) => Assert.Equal(activatesAt, Schedule.NewKeyActivatesAt([Key(1, 1000)], "ES256", now));

    [Fact]
    public void NoKey_IsMadeAtOnce() => Assert.Equal(77, Schedule.NewKeyActivatesAt([], "ES256", 77));

    [Fact]
    public void NoneLeftButRevoked_IsMadeAtOnce() => Assert.Equal(77, Schedule.NewKeyActivatesAt([Key(1, 10, revokedAt: 70)], "ES256", 77));

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public void OneOnItsWay_IsEnough(string algorithm) => Assert.Null(Schedule.NewKeyActivatesAt([Key(1, 1000), Key(2, 2000)], algorithm, 1999));

    [Fact]
    public void OtherAlgorithm_IsARotation()
    {
        Assert.Equal(1101, Schedule.NewKeyActivatesAt([Key(1, 1000)], "RS256", 1001));
        Assert.Null(Schedule.NewKeyActivatesAt([Key(1, 1000), Key(2, 1100, algorithm: "RS256")], "RS256", 1101));
        Assert.Equal(1201, Schedule.NewKeyActivatesAt([Key(1, 1000), Key(2, 1100, algorithm: "RS256")], "ES256", 1101));
    }

    [Fact]
    public void RevokedNext_IsReplacedInTime() => Assert.Equal(2050, Schedule.NewKeyActivatesAt([Key(1, 1000), Key(2, 2000, revokedAt: 1940)], "ES256", 1950));

    [Fact]
    public void CurrentSecret_SignsAfterItsNotice()
    {
        Assert.Equal(77, Schedule.SecretActivatesAt([], "s", 77)); // nothing else can sign
        Assert.Equal(1101, Schedule.SecretActivatesAt([Key(1, 1000)], "s", 1001));
        Assert.Null(Schedule.SecretActivatesAt([Key(1, 1000), Key(2, 1100)], "s", 1050)); // one on its way goes first
        Assert.Null(Schedule.SecretActivatesAt([Key(1, 1000), Key(2, 1100)], "key-2", 1050)); // on its way itself
        Assert.Null(Schedule.SecretActivatesAt([Key(1, 1000), Key(2, 1100)], "key-2", 9000)); // no rotation by time
        Assert.Equal(2100, Schedule.SecretActivatesAt([Key(1, 1000), Key(2, 1100)], "key-1", 2000)); // once more
    }

    [Fact]
    public void RevokedSecret_NeverSignsAgain()
    {
        Assert.Null(Schedule.SecretActivatesAt([Key(1, 1000, revokedAt: 1500)], "key-1", 2000));
        Assert.Equal(2000, Schedule.SecretActivatesAt([Key(1, 1000, revokedAt: 1500)], "s", 2000));
    }

    private static string StateOf(int index, long now, params SigningKey[] keys) => Schedule.StateOf(keys[index], keys, now).ToString();

    private static SigningKey Key(int generation, long activatesAt, long? revokedAt = null, string algorithm = "ES256") => new()
    {
        Kid = $"key-{generation}",
        Generation = generation,
        Algorithm = algorithm,
        SealedPrivateKey = [],
        CreatedAt = 0,
        ActivatesAt = activatesAt,
        RevokedAt = revokedAt,
    };
}
