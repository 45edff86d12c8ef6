using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>Each issuer's tokens are judged by its own settings; what the other may do is no help. Both have a good key and a subject 42.</summary>
public sealed class PerIssuerTests : IAsyncLifetime
{
    private ProviderIssuer _lax = null!;
    private ClockedGateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _lax = await ProviderIssuer.StartAsync("/realms/lax");
        var settings = _lax.Settings(("Audiences:0", "lax-api"), ("Types:0", "JWT"), ("ClockSkew", "00:01:00"), ("Claims:Roles", "groups"));
        settings["Issuers:token-service:ClockSkew"] = "00:00:00";
        settings["Issuers:token-service:MaxLifetime"] = "00:05:00";
        _gateway = await ClockedGateway.StartAsync(settings);
    }

    [Fact]
    public async Task Audience_IsThatOfTheIssuer()
    {
        await _gateway.AcceptsAsync(Strict(c => c["aud"] = new[] { "lax-api", FakeIssuer.Audience }));
        await _gateway.RefusesAsync(Strict(c => c["aud"] = "lax-api"), "the other's audience");
        await _gateway.AcceptsAsync(_lax.Token("""{"sub":"42","aud":"lax-api"}"""));
        await _gateway.RefusesAsync(_lax.Token("""{"sub":"42","aud":"front-door"}"""), "the other's audience");
    }

    [Fact]
    public async Task Type_IsThatOfTheIssuer()
    {
        await _gateway.RefusesAsync(_gateway.Issuer.Token(header: h => h["typ"] = "JWT"), "the other's type", "Token has wrong type");
        await _gateway.RefusesAsync(_lax.Token("""{"sub":"42","aud":"lax-api"}""", typ: "at+jwt"), "the other's type", "Token has wrong type");
    }

    [Fact]
    public async Task Skew_IsThatOfTheIssuer()
    {
        var now = _gateway.Clock.GetUtcNow().ToUnixTimeSeconds();
        await _gateway.RefusesAsync(Strict(c => c["exp"] = now - 1), "past, and no skew", "Token is expired");
        await _gateway.RefusesAsync(Strict(c => c["nbf"] = now + 2), "not yet, and no skew");
        // So that its keys are there: a fetch under way gives up when the clock jumps.
        await _gateway.AcceptsAsync(_lax.Token("""{"sub":"41","aud":"lax-api"}"""));
        // Five minutes are its life, and a minute its skew.
        var token = _lax.Token("""{"sub":"42","aud":"lax-api"}""");
        _gateway.Clock.Advance(TimeSpan.FromSeconds(355));
        await _gateway.AcceptsAsync(token);
        _gateway.Clock.Advance(TimeSpan.FromSeconds(10));
        await _gateway.RefusesAsync(token, "past the skew", "Token is expired");
    }

    [Fact]
    public async Task LifetimeAndClaims_AreThoseOfTheIssuer()
    {
        await _gateway.RefusesAsync(Strict(c => c["exp"] = (long)c["iat"]! + 301), "longer than its issuer may make it");
        Assert.Equal("a", (await _gateway.AcceptsAsync(_lax.Token("""{"sub":"42","aud":"lax-api","groups":["a"],"roles":["admin"]}"""))).Header("X-Forwarded-Roles"));
        Assert.Equal("admin", (await _gateway.AcceptsAsync(Strict(c => (c["roles"], c["groups"]) = (new[] { "admin" }, new[] { "a" })))).Header("X-Forwarded-Roles"));
    }

    [Fact]
    public async Task NameOfTheOther_NeedsTheOthersKey()
    {
        await _gateway.RefusesAsync(_lax.Token("""{"sub":"42","aud":"front-door"}""", typ: "at+jwt", name: FakeIssuer.Name), "an algorithm and a key of the other's");
        await _gateway.RefusesAsync(_gateway.Issuer.Token(c => (c["iss"], c["aud"]) = (_lax.Name, "lax-api"), h => h["typ"] = "JWT"), "an algorithm and a key of the other's");
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _lax.DisposeAsync();
    }

    // By the gateway's clock, which stands still and allows no skew.
    private string Strict(Action<Dictionary<string, object?>> change) => _gateway.Issuer.Token(claims =>
    {
        var now = _gateway.Clock.GetUtcNow().ToUnixTimeSeconds();
        (claims["iat"], claims["exp"]) = (now, now + 300);
        change(claims);
    });
}
