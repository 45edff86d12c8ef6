using FrontDoor.TestKit;
using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.RefreshTokens;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

public sealed class UnusedTokensTests
{
    private static readonly IssuedToken Token = new("session", "user", 3);

    private readonly TestClock _clock = new();
    private readonly KeyRing _keys;
    private readonly UnusedTokens _unused;

    public UnusedTokensTests()
    {
        _keys = new KeyRing(_clock);
        _keys.Load([(0, 1, KeyMaterial.Create("ES256").Key)]);
        _unused = new UnusedTokens(_keys, _clock);
    }

    private string Kid => _keys.Current.Kid;

    private long InAMinute => _clock.GetUtcNow().ToUnixTimeSeconds() + 60;

    [Fact]
    public void TokenThatWasAdded_IsTakenOnce()
    {
        _unused.Add("text", Token, Kid, InAMinute);
        Assert.Null(_unused.Take("text "));
        Assert.Same(Token, _unused.Take("text"));
        Assert.Null(_unused.Take("text"));
    }

    [Fact]
    public void TokenWhoseTimeIsOver_IsNotTaken()
    {
        _unused.Add("text", Token, Kid, InAMinute);
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Null(_unused.Take("text"));
    }

    [Fact]
    public void TokenOfAKeyThatWasWithdrawn_IsNotTaken()
    {
        _unused.Add("text", Token, Kid, InAMinute);
        _keys.Load([(0, 2, KeyMaterial.Create("ES256").Key)]);
        Assert.Null(_unused.Take("text"));
    }

    [Fact]
    public void TokensBeyondTwoGenerations_AreForgotten()
    {
        for (var i = 0; i < (2 * UnusedTokens.MaxYoung) + 1; i++) _unused.Add($"{i}", Token, Kid, InAMinute);
        Assert.Null(_unused.Take("0"));
        Assert.Same(Token, _unused.Take($"{UnusedTokens.MaxYoung}"));
        Assert.Same(Token, _unused.Take($"{2 * UnusedTokens.MaxYoung}"));
    }
}
