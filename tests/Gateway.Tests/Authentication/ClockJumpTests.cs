using System.Net;
using FrontDoor.TestKit;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>The wall clock is set; timers, which count on their own, are not.</summary>
public sealed class ClockJumpTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(60)]
    [InlineData(-5)]
    [InlineData(-60)]
    public async Task ClockThatIsSet_TokensAreJudgedByTheNewTimeAtOnceAndLimitsGoOn(int minutes)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var issuer = await FakeIssuer.StartAsync();
        await using var backend = await TestServer.StartAsync();
        await using var gateway = await GatewayApp.StartAsync(issuer.Trust, backend.Address, new Dictionary<string, string?>
        {
            ["ReverseProxy:Routes:echo:RateLimiterPolicy"] = "some", ["RateLimits:some:Permits"] = "4", ["RateLimits:some:Window"] = "01:00:00",
        }, clock);
        using var client = Client.For(gateway.Address);
        // Each is good for four minutes around its time and begins there.
        string At(DateTimeOffset time) => issuer.Token(c => (c["nbf"], c["iat"], c["exp"]) = (time.AddMinutes(-2).ToUnixTimeSeconds(), time.AddMinutes(-2).ToUnixTimeSeconds(), time.AddMinutes(2).ToUnixTimeSeconds()));
        async Task<HttpStatusCode> WithAsync(string token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/echo/x") { Headers = { Authorization = new("Bearer", token) } };
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }

        var before = clock.GetUtcNow();
        var (old, next) = (At(before), At(before.AddMinutes(minutes)));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await WithAsync(old), await WithAsync(next)));

        clock.AdjustTime(before.AddMinutes(minutes));
        // A remembered token is judged by the new time, too.
        Assert.Equal((minutes > 0 ? HttpStatusCode.Unauthorized : HttpStatusCode.OK, HttpStatusCode.OK), (await WithAsync(minutes > 0 ? old : next), await WithAsync(next)));
        // Four were counted: windows go by time that passes, not by the clock on the wall.
        Assert.Equal(HttpStatusCode.TooManyRequests, await WithAsync(next));
    }
}
