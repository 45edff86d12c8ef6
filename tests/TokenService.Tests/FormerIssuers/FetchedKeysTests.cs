using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.FormerIssuers;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Tests.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace FrontDoor.TokenService.Tests.FormerIssuers;

/// <summary>A former issuer whose keys are fetched from its own address.</summary>
public sealed class FetchedKeysTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = Clocks.Start();
    private readonly FormerKeyDocuments _documents = new();
    private readonly List<FakeIssuer> _further = [];
    private FakeIssuer _issuer = null!;

    public async ValueTask InitializeAsync() => _issuer = await FakeIssuer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _documents.Dispose();
        await _issuer.DisposeAsync();
        foreach (var issuer in _further) await issuer.DisposeAsync();
    }

    [Fact]
    public async Task ManyTokens_CauseOneFetch_UnknownKidsOneInTenSeconds()
    {
        var reader = Reader(Fetching());
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => Assert.NotNull((await reader.ReadAsync(Token())).Token)));
        Assert.Equal(1, _issuer.Fetches);

        _clock.Advance(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 20; i++) Assert.Equal(TokenFault.Invalid, (await reader.ReadAsync(Token(kid: $"unknown-{i}"))).Fault);
        Assert.Equal(2, _issuer.Fetches);
    }

    [Fact]
    public async Task NewKey_IsFetchedWhenATokenNamesIt()
    {
        var reader = Reader(Fetching());
        Assert.NotNull((await reader.ReadAsync(Token())).Token);
        var other = await FakeIssuer.StartAsync();
        _further.Add(other);
        var token = Token(kid: "key-2", signer: other);
        Assert.Null((await reader.ReadAsync(token)).Token);
        _issuer.FurtherKeys.Add(other.PublicJwk().Replace("key-1", "key-2", StringComparison.Ordinal));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.NotNull((await reader.ReadAsync(token)).Token);
    }

    [Fact]
    public async Task IssuerThatFails_LeavesTheLastGoodKeysInUse()
    {
        var reader = Reader(Fetching());
        Assert.NotNull((await reader.ReadAsync(Token())).Token);
        foreach (var answer in new[] { "junk", """{"keys":[]}""", $$"""{"keys":[{"kty":"oct","kid":"key-1","k":"AAAA"}]}""" })
        {
            _issuer.OnJwks = context => context.Response.WriteAsync(answer);
            _clock.Advance(TimeSpan.FromMinutes(6));
            Assert.Null((await reader.ReadAsync(Token(kid: "unknown"))).Token);
            Assert.NotNull((await reader.ReadAsync(Token())).Token);
        }

        Assert.Equal(4, _issuer.Fetches);
    }

    [Fact]
    public async Task WithdrawnKey_CountsNoLongerAfterFiveMinutes()
    {
        var reader = Reader(Fetching());
        Assert.NotNull((await reader.ReadAsync(Token())).Token);
        _issuer.OnJwks = context => context.Response.WriteAsync($$"""{"keys":[{{_issuer.PublicJwk().Replace("key-1", "another", StringComparison.Ordinal)}}]}""");
        _clock.Advance(TimeSpan.FromMinutes(5));
        // The one that finds the set old does not wait.
        await reader.ReadAsync(Token());
        await Until.TrueAsync(() => reader.ReadAsync(Token()).GetAwaiter().GetResult().Token is null, "the new set is in use");
    }

    [Fact]
    public async Task EndDate_EndsItWithoutAFetch()
    {
        var reader = Reader(Fetching() with { Until = _clock.GetUtcNow() });
        Assert.Equal(TokenFault.Invalid, (await reader.ReadAsync(Token())).Fault);
        Assert.Equal(0, _issuer.Fetches);
    }

    [Theory]
    [InlineData("https://somebody-else.test", "own", false)]
    [InlineData(FakeIssuer.Name, "http://192.0.2.1/jwks", false)]
    [InlineData(FakeIssuer.Name, "file:///etc/passwd", false)]
    [InlineData(FakeIssuer.Name, "own", true)]
    public async Task DiscoveryDocument_MustSpeakForTheIssuerAndNameASafeAddress(string issuer, string jwks, bool read)
    {
        var own = $"{_issuer.Trust.Documents}jwks";
        await using var server = await TestServer.StartAsync(context => context.Response.WriteAsync($$"""{"issuer":"{{issuer}}","jwks_uri":"{{(jwks == "own" ? own : jwks)}}"}"""));
        var reader = Reader(Fetching() with { JwksAddress = null, MetadataAddress = $"{server.Address}.well-known/openid-configuration" });
        if (read) Assert.NotNull((await reader.ReadAsync(Token())).Token);
        else await Assert.ThrowsAsync<FormerKeysUnavailableException>(() => reader.ReadAsync(Token()));
    }

    [Fact]
    public async Task NoKeysYet_Is503AndTheTokenIsGoodAfterwards()
    {
        var good = _issuer.OnJwks;
        _issuer.OnJwks = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await using var app = TokenServiceApp.Start(
            new Dictionary<string, string?>
            {
                ["FormerIssuers:old:JwksAddress"] = $"{_issuer.Trust.Documents}jwks", ["FormerIssuers:old:Issuer"] = FakeIssuer.Name, ["FormerIssuers:old:Audience"] = FakeIssuer.Audience,
                ["FormerIssuers:old:Until"] = "2999-01-01T00:00:00Z",
            },
            time: _clock, services: new FastHasher().Replace);
        using var client = new TokenClient(app.Address);
        var user = Jwt.Claim((await client.ObtainAsync()).Access, "sub")!;
        var refused = await client.RefreshAsync(Token(user: user));
        Assert.Equal((503, "2"), (refused.Status, refused.Header("Retry-After")));

        _issuer.OnJwks = good;
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(user, Jwt.Claim((await client.RefreshAsync(Token(user: user))).Access, "sub"));
    }

    [Fact]
    public void Faults_AreNamedWithTheirPath()
    {
        Assert.Empty(Faults(Fetching()));
        Assert.Empty(Faults(Fetching() with { JwksAddress = null, MetadataAddress = "https://old.example.com/.well-known/openid-configuration" }));
        Assert.Equal(
            ["FormerIssuers:old:JwksAddress is 'http://old.example.com/jwks'; it must be a https address, or a http one of this machine"],
            Faults(Fetching() with { JwksAddress = "http://old.example.com/jwks" }));
        Assert.Equal(
            ["FormerIssuers:old:Issuer is missing; a discovery document speaks for one"],
            Faults(Fetching() with { JwksAddress = null, MetadataAddress = "https://old.example.com/", Issuer = null }));
        Assert.Equal(
            ["FormerIssuers:old needs exactly one of SigningKeyFile, JwksFile, JwksAddress and MetadataAddress"],
            Faults(Fetching() with { MetadataAddress = "https://old.example.com/" }));
    }

    private FormerIssuerOptions Fetching() => new()
    {
        JwksAddress = $"{_issuer.Trust.Documents}jwks", Issuer = FakeIssuer.Name, Audience = FakeIssuer.Audience, Until = _clock.GetUtcNow().AddDays(7),
    };

    private FormerTokenReader Reader(FormerIssuerOptions issuer) =>
        new(Options.Create(new FormerIssuersOptions { ["old"] = issuer }), _documents, _clock, NullLogger<FormerTokenReader>.Instance);

    private static IEnumerable<string> Faults(FormerIssuerOptions issuer) =>
        new FormerIssuersOptionsValidator().Validate(null, new FormerIssuersOptions { ["old"] = issuer }).Failures ?? [];

    private string Token(string kid = "key-1", FakeIssuer? signer = null, string user = "17")
    {
        var claims = FakeIssuer.GoodClaims(_clock.GetUtcNow());
        (claims["token_type"], claims["user_id"], claims["exp"]) = ("refresh", user, _clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds());
        return (signer ?? _issuer).Sign(JsonSerializer.Serialize(new { alg = "ES256", typ = "JWT", kid }), JsonSerializer.Serialize(claims));
    }
}
