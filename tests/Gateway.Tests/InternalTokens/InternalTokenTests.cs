using System.Net;
using System.Text.Json;
using FrontDoor.TestKit;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.Gateway.Tests.InternalTokens;

public sealed class InternalTokenTests : IAsyncLifetime
{
    private const string Header = "X-Internal-Token";

    private readonly TestClock _clock = new();
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync();
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?>
        {
            ["InternalTokens:Issuer"] = "https://gateway.test",
            ["InternalTokens:Clusters:SAMPLE:Audience"] = "shop",
            ["InternalTokens:Clusters:token-service"] = "",
            ["ReverseProxy:Routes:own:ClusterId"] = "token-service",
            ["ReverseProxy:Routes:own:Match:Path"] = "/own",
            ["ReverseProxy:Clusters:token-service:Destinations:first:Address"] = _backend.Address.AbsoluteUri,
        }, _clock);
        _client = Client.For(_gateway.Address);
    }

    [Fact]
    public async Task SignedToken_VerifiesByThePublishedKeyAndSaysWhoAsks()
    {
        var text = (await ForwardedAsync("/api/echo/1", _issuer.Token(c => (c["scope"], c["roles"], c["sid"], c["email"]) = ("a b", new[] { "x" }, "s1", "alice@example.com"))))!;
        var keys = new JsonWebKeySet(await _client.GetStringAsync(new Uri("/.well-known/gateway-jwks.json", UriKind.Relative), TestContext.Current.CancellationToken));
        var result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidIssuer = "https://gateway.test",
            ValidAudience = "shop",
            ValidTypes = ["gateway+jwt"],
            ValidAlgorithms = ["ES256"],
            IssuerSigningKeys = keys.GetSigningKeys(),
            TryAllIssuerSigningKeys = false,
        });
        Assert.True(result.IsValid, result.Exception?.Message);

        var payload = JsonElement.Parse(Base64UrlEncoder.Decode(text.Split('.')[1]));
        Assert.Equal(["aud", "exp", "iat", "iss", "roles", "scope", "sid", "sub", "user_iss"], payload.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal(("42", "a b", "[\"x\"]", "s1"), (Text("sub"), Text("scope"), payload.GetProperty("roles").GetRawText(), Text("sid")));
        Assert.Equal(60, payload.GetProperty("exp").GetInt64() - payload.GetProperty("iat").GetInt64());

        string? Text(string claim) => payload.GetProperty(claim).GetString();
    }

    [Fact]
    public async Task OneToken_ServesUntilItIsNearItsEnd()
    {
        var (alice, bob) = (_issuer.Token(), _issuer.Token(c => c["sub"] = "43"));
        var first = await ForwardedAsync("/api/echo/1", alice);
        Assert.Equal(first, await ForwardedAsync("/api/echo/2", alice));
        Assert.NotEqual(first, await ForwardedAsync("/api/echo/3", bob));
        _clock.Advance(TimeSpan.FromSeconds(44));
        Assert.Equal(first, await ForwardedAsync("/api/echo/4", alice));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.NotEqual(first, await ForwardedAsync("/api/echo/5", alice));
    }

    /// <summary>The one that was signed by the later time would live longer than it may, and be of the future.</summary>
    [Fact]
    public async Task ClockThatIsSetBack_MeansANewToken()
    {
        var token = _issuer.Token(c => c["iat"] = _clock.GetUtcNow().AddMinutes(-10).ToUnixTimeSeconds());
        var before = await ForwardedAsync("/api/echo/1", token);
        _clock.Set(TimeSpan.FromMinutes(-3));
        var after = await ForwardedAsync("/api/echo/2", token);
        Assert.NotEqual(before, after);
        var payload = JsonElement.Parse(Base64UrlEncoder.Decode(after!.Split('.')[1]));
        Assert.Equal(_clock.GetUtcNow().ToUnixTimeSeconds() + 60, payload.GetProperty("exp").GetInt64());
    }

    [Fact]
    public async Task Token_DoesNotOutliveWhatItStandsFor()
    {
        var expires = _clock.GetUtcNow().AddSeconds(20).ToUnixTimeSeconds();
        var payload = Payload(await ForwardedAsync("/api/echo/1", _issuer.Token(c => c["exp"] = expires)));
        Assert.Equal(expires + 5, payload.GetProperty("exp").GetInt64()); // the clock skew in which the token itself is let in
    }

    [Theory]
    [InlineData("253402300799")]
    [InlineData("253402300800")]
    [InlineData("9223372036854775807")]
    [InlineData("1e18")]
    public async Task TokenWithoutEnd_IsStoodForByAShortOne(string exp)
    {
        var claims = JsonSerializer.Serialize(FakeIssuer.GoodClaims(_clock.GetUtcNow()).Where(c => c.Key != "exp").ToDictionary());
        var payload = Payload(await ForwardedAsync("/api/echo/1", _issuer.Sign(JsonSerializer.Serialize(_issuer.GoodHeader()), $"{claims[..^1]},\"exp\":{exp}}}")));
        Assert.Equal(60, payload.GetProperty("exp").GetInt64() - payload.GetProperty("iat").GetInt64());
    }

    [Fact]
    public async Task EachCluster_HasItsAudience()
    {
        var token = _issuer.Token();
        Assert.Equal("shop", Payload(await ForwardedAsync("/api/echo/1", token)).GetProperty("aud").GetString());
        Assert.Equal("token-service", Payload(await ForwardedAsync("/own", token)).GetProperty("aud").GetString());
    }

    [Theory]
    [InlineData("/api/public/echo/1")]
    [InlineData("/api/orders")]
    public async Task AnonymousRouteOrOtherCluster_GetsNoneAndNotTheClients(string path)
    {
        Assert.Null(await ForwardedAsync(path, _issuer.Token(), (Header, "forged"), ("x_internal.token", "forged")));
        Assert.DoesNotContain(_backend.Received.Single(r => r.Target == path).Headers, h => h.Value.Contains("forged"));
    }

    [Fact]
    public async Task ClientsOwn_IsReplaced() => Assert.DoesNotContain("forged", await ForwardedAsync("/api/echo/1", _issuer.Token(), (Header, "forged")), StringComparison.Ordinal);

    [Fact]
    public async Task TokenThatDoesNotFit_IsRefused()
    {
        // The header fields have room for these, their Base64 has not.
        using var answer = await SendAsync("/api/echo/big", _issuer.Token(c => c["roles"] = Enumerable.Repeat("nine-byte", 700).ToArray()));
        await ProblemAssert.IsAsync(answer, HttpStatusCode.Forbidden, "identity_too_large");
        Assert.DoesNotContain(_backend.Received, r => r.Target == "/api/echo/big");
    }

    [Fact]
    public async Task PublishedSet_HasThePublicHalfAlone()
    {
        using var answer = await _client.GetAsync(new Uri("/.well-known/gateway-jwks.json", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal("application/jwk-set+json", answer.Content.Headers.ContentType?.MediaType);
        var key = Assert.Single(JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("keys").EnumerateArray().ToArray());
        Assert.Equal(["alg", "crv", "kid", "kty", "use", "x", "y"], key.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
    }

    private static JsonElement Payload(string? token) => JsonElement.Parse(Base64UrlEncoder.Decode(token!.Split('.')[1]));

    private async Task<string?> ForwardedAsync(string path, string token, params (string Name, string Value)[] headers)
    {
        using var answer = await SendAsync(path, token, headers);
        Assert.True(answer.IsSuccessStatusCode, $"{path} answered {answer.StatusCode}");
        return Assert.Single(_backend.Received, r => r.Target == path).Header(Header);
    }

    private Task<HttpResponseMessage> SendAsync(string path, string token, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers.Prepend(("Authorization", $"Bearer {token}"))) Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }
}
