using FrontDoor.Gateway.Authentication;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

public sealed class TokenCacheTests
{
    [Fact]
    public void AddedToken_IsFoundByItsWholeTextAlone()
    {
        var cache = new TokenCache(new TokenCacheOptions());
        var entry = Entry();
        cache.Add("aaa.bbb.ccc", entry);
        Assert.Same(entry, cache.Find("aaa.bbb.ccc".AsMemory()));
        Assert.Null(cache.Find("aaa.bbb.ccd".AsMemory()));
        Assert.Null(cache.Find("aaa.bbb".AsMemory()));
        Assert.Null(cache.Find("".AsMemory()));
        Assert.Null(cache.Find("aaa.bbb.\u0163cc".AsMemory()));
    }

    [Fact]
    public void MoreThanFit_CountStaysBoundedAndWhatIsUsedStays()
    {
        var cache = new TokenCache(new TokenCacheOptions { MaxEntries = 100 });
        var used = Entry();
        cache.Add("used", used);
        for (var i = 0; i < 10_000; i++)
        {
            cache.Add($"token-{i}", Entry());
            Assert.Same(used, cache.Find("used".AsMemory()));
            Assert.InRange(cache.Count, 1, 102);
        }

        Assert.Null(cache.Find("token-0".AsMemory()));
        Assert.NotNull(cache.Find("token-9999".AsMemory()));
    }

    [Theory]
    [InlineData(LatestTokens.Most, 4 * LatestTokens.MostBytes, true)]
    [InlineData(LatestTokens.Most - 1, 4 * LatestTokens.MostBytes, false)]
    [InlineData(LatestTokens.Most, (4 * LatestTokens.MostBytes) - 1, false)]
    public void RepeatedText_IsKnownAheadOfTheDigestUnlessTheCacheIsSmall(int maxEntries, long maxBytes, bool known)
    {
        var cache = new TokenCache(new TokenCacheOptions { MaxEntries = maxEntries, MaxBytes = maxBytes });
        var (text, entry) = (OfConnection("used"), Entry());
        cache.Add("used", entry);
        for (var i = 0; i < 2; i++) Assert.Same(entry, cache.Find(text));
        for (var i = 0; i < 2 * LatestTokens.Most; i++) cache.Add($"token-{i}", Entry());
        Assert.Null(cache.Find(OfConnection("used")));
        Assert.Equal(known ? entry : null, cache.Find(text));
    }

    [Fact]
    public void RejectedEntry_MakesWayForTheNewOne()
    {
        var cache = new TokenCache(new TokenCacheOptions());
        var (text, former, newer) = (OfConnection("used"), Entry(), Entry());
        cache.Add("used", former);
        for (var i = 0; i < 2; i++) Assert.Same(former, cache.Find(text));
        cache.Reject(text);
        cache.Add("used", newer);
        for (var i = 0; i < 3; i++) Assert.Same(newer, cache.Find(text));
    }

    [Fact]
    public void LargeTokens_AreBoundedInBytes()
    {
        var cache = new TokenCache(new TokenCacheOptions { MaxEntries = 1_000_000, MaxBytes = 1024 * 1024 });
        for (var i = 0; i < 1000; i++) cache.Add(new string('a', 10_000) + i, Entry());
        Assert.InRange(cache.Count, 1, 30);
    }

    [Fact]
    public void NoEntriesAllowed_NothingIsKept()
    {
        var cache = new TokenCache(new TokenCacheOptions { MaxEntries = 0 });
        cache.Add("token", Entry());
        Assert.Null(cache.Find("token".AsMemory()));
    }

    // A part of a field's text that no other connection shares.
    private static ReadOnlyMemory<char> OfConnection(string token) => $"Bearer {token}".AsMemory(7);

    private static ValidatedToken Entry() => new(new TokenClaims(default), null!, new JsonWebKey(), default, DateTime.MaxValue);
}
