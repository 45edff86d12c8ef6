using FrontDoor.TestKit;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace FrontDoor.TokenService.Tests.Django;

/// <summary>A Django API with the real simplejwt takes our access tokens by our key set, with settings alone.</summary>
public sealed class ConsumerTests : IAsyncLifetime
{
    // An hour behind Django's clock, so that a test can make a token that has expired there.
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1));
    private TokenServiceApp _app = null!;
    private TokenClient _client = null!;
    private DjangoSite _site = null!;

    public async ValueTask InitializeAsync()
    {
        _app = TokenServiceApp.Start(time: _clock);
        _client = new TokenClient(_app.Address);
        _site = await DjangoSite.StartAsync("consumer", new Uri(_app.Address, "/.well-known/jwks.json").ToString(), "http://localhost:8080", "front-door");
    }

    public async ValueTask DisposeAsync()
    {
        _site?.Dispose();
        _client?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
    }

    [Fact]
    public async Task OurAccessToken_IsTakenAndNoOther()
    {
        var old = await _client.ObtainAsync("root");
        _clock.Advance(TimeSpan.FromHours(1));
        var pair = await _client.ObtainAsync("root");
        var jwt = Jwt.Read(pair.Access);

        (await MeAsync(pair.Access)).Is(200, $$"""{"id":"{{jwt.Claim("user_id")}}","roles":["admin"],"scope":"orders:read orders:write"}""");
        (await _site.Client.VerifyAsync(pair.Access)).Is(200, "{}");

        AssertRefused(await MeAsync(old.Access));
        AssertRefused(await MeAsync(pair.Refresh));
        AssertRefused(await MeAsync(jwt.With(payload: jwt.Payload.Replace("\"roles\":[\"admin\"]", "\"roles\":[\"owner\"]", StringComparison.Ordinal))));
        AssertRefused(await MeAsync(jwt.With(signature: new byte[64])));
        AssertRefused(await MeAsync(jwt.With(header: jwt.Header.Replace("ES256", "HS256", StringComparison.Ordinal))));
        AssertRefused(await MeAsync(jwt.With(header: jwt.Header.Replace("ES256", "none", StringComparison.Ordinal), signature: [])));
        (await MeAsync(pair.Access)).Succeeded();
    }

    private static void AssertRefused(Reply answer)
    {
        Assert.Equal(401, answer.Status);
        Assert.Contains("\"code\":\"token_not_valid\"", answer.Body, StringComparison.Ordinal);
    }

    private Task<Reply> MeAsync(string token) => _site.Client.SendAsync(HttpMethod.Get, "/me/", token);
}
