using System.Text.RegularExpressions;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Edge;

public sealed class TrustedProxiesTests(ProxiedGateway proxied)
{
    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9")]
    [InlineData("203.0.113.9:5123", "203.0.113.9")]
    [InlineData("6.6.6.6, 203.0.113.9", "203.0.113.9")]
    [InlineData("6.6.6.6, 203.0.113.9, 10.1.2.3", "203.0.113.9")]
    [InlineData("forged nonsense, 203.0.113.9, 10.1.2.3", "203.0.113.9")]
    [InlineData("10.9.9.9, 10.1.2.3", "10.9.9.9")]
    [InlineData("unknown, 10.1.2.3", "10.1.2.3")]
    [InlineData("2001:db8::7", "2001:db8::7")]
    [InlineData("[2001:db8::7]:443, 2001:db8:aaaa::1", "2001:db8::7")]
    [InlineData("::ffff:203.0.113.9, ::ffff:10.1.2.3", "203.0.113.9")]
    public async Task ClientAddress_IsTheFirstFromTheRightThatIsNoProxy(string field, string client)
    {
        var (_, arrived) = await proxied.SendAsync(proxied.ReadsXForwarded, $"X-Forwarded-For: {field}");
        Assert.Equal(client, arrived!.Header("X-Forwarded-For"));
    }

    [Fact]
    public async Task SeveralLines_AreReadAsOneList()
    {
        var (_, arrived) = await proxied.SendAsync(proxied.ReadsXForwarded, "X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: 10.1.2.3");
        Assert.Equal("203.0.113.9", arrived!.Header("X-Forwarded-For"));
    }

    [Theory]
    [InlineData("https", "shop.example", "https", "shop.example")]
    [InlineData("HTTPS", "eu.shop.example:8443", "https", "eu.shop.example:8443")]
    [InlineData("ftp, https", "evil.example, shop.example", "https", "shop.example")]
    public async Task SchemeAndHost_AreTheNearestProxys(string proto, string host, string scheme, string expected)
    {
        var (_, arrived) = await proxied.SendAsync(
            proxied.ReadsXForwarded, "X-Forwarded-For: 203.0.113.9", $"X-Forwarded-Proto: {proto}", $"X-Forwarded-Host: {host}");
        Assert.Equal((scheme, expected), (arrived!.Header("X-Forwarded-Proto"), arrived.Header("X-Forwarded-Host")));
    }

    [Theory]
    [InlineData("X-Forwarded-For: 1")]
    [InlineData("X-Forwarded-For: localhost")]
    [InlineData("X-Forwarded-For: 203.0.113.999")]
    [InlineData("X-Forwarded-For: nonsense, 10.1.2.3")]
    [InlineData("X-Forwarded-For: 10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1")]
    [InlineData("X-Forwarded-Proto: gopher")]
    [InlineData("X-Forwarded-Host: evil.example")]
    [InlineData("X-Forwarded-Host: shop.example/path")]
    [InlineData("X-Forwarded-Host: user@shop.example")]
    [InlineData("X-Forwarded-Host: shop.example\\@evil.example")]
    [InlineData("X-Forwarded-Host: shop.example:port")]
    public async Task MalformedFieldOfAProxy_Is400(string field)
    {
        var (answer, arrived) = await proxied.SendAsync(proxied.ReadsXForwarded, field);
        Assert.Equal(400, RawHttp.Status(answer));
        ProblemAssert.Is(answer[answer.IndexOf('{', StringComparison.Ordinal)..], 400, "forwarding_field");
        Assert.Null(arrived);
    }

    [Fact]
    public async Task FieldThatTheProxyDoesNotSet_IsNotLookedAt()
    {
        // A proxy that sets X-Forwarded-For passes a client's Forwarded on, and the other way round.
        var (_, first) = await proxied.SendAsync(proxied.ReadsXForwarded, "Forwarded: for=6.6.6.6;proto=https;host=shop.example", "X-Forwarded-For: 203.0.113.9");
        Assert.Equal(("203.0.113.9", "http"), (first!.Header("X-Forwarded-For"), first.Header("X-Forwarded-Proto")));
        Assert.Null(first.Header("Forwarded"));
        var (_, second) = await proxied.SendAsync(proxied.ReadsForwarded, "Forwarded: for=203.0.113.9", "X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: https");
        Assert.Equal(("203.0.113.9", "http"), (second!.Header("X-Forwarded-For"), second.Header("X-Forwarded-Proto")));
    }

    [Theory]
    [InlineData("for=203.0.113.9;proto=https;host=shop.example", "203.0.113.9", "https", "shop.example")]
    [InlineData("For=\"203.0.113.9:47011\";PROTO=https ; by=_edge, for=10.1.2.3", "203.0.113.9", "https", null)]
    [InlineData("for=6.6.6.6;host=evil.example, for=\"[2001:db8::7]:1\";host=\"shop.example:8443\";proto=https", "2001:db8::7", "https", "shop.example:8443")]
    [InlineData("for=_hidden;proto=https", "127.0.0.1", "https", null)]
    [InlineData("for=unknown, for=10.1.2.3", "10.1.2.3", "http", null)]
    [InlineData("for=\"203.0.113\\.9\"", "203.0.113.9", "http", null)]
    public async Task Forwarded_IsReadAsRfc7239Says(string field, string client, string scheme, string? host)
    {
        var (_, arrived) = await proxied.SendAsync(proxied.ReadsForwarded, $"Forwarded: {field}");
        Assert.Equal(
            (client, scheme, host ?? proxied.ReadsForwarded.Address.Authority), (arrived!.Header("X-Forwarded-For"), arrived.Header("X-Forwarded-Proto"), arrived.Header("X-Forwarded-Host")));
        var node = client.Contains(':', StringComparison.Ordinal) ? $"\"[{client}]\"" : client;
        Assert.Contains($"for={node}", arrived.Header("Forwarded")!, StringComparison.Ordinal);
        Assert.Contains($"proto={scheme}", arrived.Header("Forwarded")!, StringComparison.Ordinal);
        Assert.DoesNotContain("6.6.6.6", arrived.Header("Forwarded")!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("for")]
    [InlineData("for=")]
    [InlineData("=203.0.113.9")]
    [InlineData("for=203.0.113.9;for=203.0.113.10")]
    [InlineData("for=\"203.0.113.9")]
    [InlineData("for=\"6.6.6.6, for=203.0.113.9")]
    [InlineData("for=203.0.113.9 proto=https")]
    [InlineData("for=203.0.113.9;proto=gopher")]
    [InlineData("for=nonsense")]
    public async Task MalformedForwarded_Is400(string field)
    {
        var (answer, arrived) = await proxied.SendAsync(proxied.ReadsForwarded, $"Forwarded: {field}");
        Assert.Equal(400, RawHttp.Status(answer));
        Assert.Null(arrived);
    }

    [Fact]
    public async Task AddressOfTheClient_IsCountedAndLogged()
    {
        var gateway = proxied.ReadsXForwarded;
        async Task<int> SignInFromAsync(string address) => RawHttp.Status(
            await RawHttp.RequestAsync(gateway.Address, "POST", "/api/token", $"X-Forwarded-For: {address}", "Content-Length: 0"));
        Assert.NotEqual(429, await SignInFromAsync("198.51.100.1"));
        Assert.NotEqual(429, await SignInFromAsync("198.51.100.1"));
        Assert.Equal(429, await SignInFromAsync("198.51.100.1"));
        Assert.NotEqual(429, await SignInFromAsync("198.51.100.2"));
        Assert.Equal(429, await SignInFromAsync("198.51.100.2, 198.51.100.1"));
        await Until.TrueAsync(
            () => gateway.Logs.All.Any(l => Regex.IsMatch(l, " 429 .* client=198\\.51\\.100\\.1 .* reason=throttled")), "a line of access log with the client's address");
    }
}
