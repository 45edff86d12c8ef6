using System.Net;
using System.Net.Http.Headers;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>A token's time to the millisecond, by the gateway's own clock; the shipped skew is 5 seconds.</summary>
public sealed class LifetimeTests : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync();
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, time: _clock);
        _client = Client.For(_gateway.Address);
        await _clock.WaitedForAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Expiry_EndsTheTokenAtItsInstantPlusSkew()
    {
        var exp = StartOfNextSecond().AddSeconds(60);
        var token = _issuer.Token(c => c["exp"] = exp.ToUnixTimeSeconds());
        _clock.SetUtcNow(exp.AddSeconds(5).AddMilliseconds(-1));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(token));
        _clock.SetUtcNow(exp.AddSeconds(5));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(token));
    }

    [Fact]
    public async Task NotBefore_BeginsTheTokenAtItsInstantLessSkew()
    {
        var begin = StartOfNextSecond().AddSeconds(60);
        var token = _issuer.Token(c => c["nbf"] = begin.ToUnixTimeSeconds());
        _clock.SetUtcNow(begin.AddSeconds(-5).AddMilliseconds(-1));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(token));
        _clock.SetUtcNow(begin.AddSeconds(-5));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(token));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private DateTimeOffset StartOfNextSecond() => DateTimeOffset.FromUnixTimeSeconds(_clock.GetUtcNow().ToUnixTimeSeconds() + 1);

    private async Task<HttpStatusCode> StatusAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/echo/x") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
