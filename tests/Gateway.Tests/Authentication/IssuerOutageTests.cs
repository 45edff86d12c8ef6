using System.Net;
using System.Net.Http.Headers;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>An issuer that is not there, not there yet, or not there any more.</summary>
public sealed class IssuerOutageTests : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private static readonly TimeSpan KeyRefresh = TimeSpan.FromMinutes(1);
    private TestServer _backend = null!;

    public async ValueTask InitializeAsync() => _backend = await TestServer.StartAsync();

    [Fact]
    public async Task IssuerThatComesLater_IsTrustedWithoutRestart()
    {
        // The port of an issuer that has gone; the next one comes back to it.
        var first = await FakeIssuer.StartAsync();
        var documents = first.Trust.Documents;
        await first.DisposeAsync();

        await using var gateway = await GatewayApp.StartAsync((FakeIssuer.Name, documents), _backend.Address, time: _clock);
        await FetchFailedAsync(gateway);
        using var client = Client.For(gateway.Address);
        using var management = Client.For(gateway.ManagementAddress);

        using (var file = await GetAsync(client, "/index.html")) Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        using (var open = await GetAsync(client, "/api/public/echo/x", "bad")) Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        using (var without = await GetAsync(client, "/api/echo/x")) await ProblemAssert.NoCredentialsAsync(without);
        using (var junk = await GetAsync(client, "/api/echo/x", "junk")) await ProblemAssert.TokenNotValidAsync(junk);
        await using (var stranger = await FakeIssuer.StartAsync())
        {
            using var guarded = await GetAsync(client, "/api/echo/x", stranger.Token());
            await ProblemAssert.IsAsync(guarded, HttpStatusCode.ServiceUnavailable, "issuer_unavailable");
            Assert.Equal(TimeSpan.FromSeconds(2), guarded.Headers.RetryAfter?.Delta);
        }

        using (var ready = await GetAsync(management, "/health/ready"))
        {
            Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
            Assert.Equal("Degraded", await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        Assert.DoesNotContain(_backend.Received, r => r.Target == "/api/echo/x");

        await using var issuer = await FakeIssuer.StartAsync(documents.Port);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _clock.WaitedForAsync(KeyRefresh);
        using (var healed = await GetAsync(client, "/api/echo/x", issuer.Token())) Assert.Equal(HttpStatusCode.OK, healed.StatusCode);
        using (var ready = await GetAsync(management, "/health/ready"))
            Assert.Equal("Healthy", await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task FloodWhileNoKeyIsKnown_AsksTheIssuerNoMoreOften()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        issuer.OnJwks = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await using var gateway = await GatewayApp.StartAsync(issuer.Trust, _backend.Address, time: _clock);
        await FetchFailedAsync(gateway);
        await _clock.WaitedForAsync(TimeSpan.FromMilliseconds(250));
        using var client = Client.For(gateway.Address);
        var before = issuer.Fetches;
        foreach (var answer in await Task.WhenAll(Enumerable.Range(0, 100).Select(i => GetAsync(client, "/api/echo/x", issuer.Token(header: h => h["kid"] = $"random-{i}")))))
        {
            using (answer) Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }

        // The clock stands still: one that the flood caused, and nothing of the background.
        Assert.InRange(issuer.Fetches - before, 0, 1);
    }

    [Fact]
    public async Task IssuerThatGoesAway_ItsKeysGoOn()
    {
        var issuer = await FakeIssuer.StartAsync();
        await using var gateway = await GatewayApp.StartAsync(issuer.Trust, _backend.Address, time: _clock);
        await _clock.WaitedForAsync(KeyRefresh);
        var (known, unknown) = (issuer.Token(), issuer.Token(header: h => h["kid"] = "key-2"));
        await issuer.DisposeAsync();

        _clock.Advance(KeyRefresh);
        await FetchFailedAsync(gateway);
        using var client = Client.For(gateway.Address);
        using (var good = await GetAsync(client, "/api/echo/x", known)) Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        using (var bad = await GetAsync(client, "/api/echo/x", unknown)) await ProblemAssert.TokenNotValidAsync(bad);
    }

    [Fact]
    public async Task OutageOfMinutesUnderLoad_FailsNoRequest()
    {
        var issuer = await FakeIssuer.StartAsync();
        await using var gateway = await GatewayApp.StartAsync(issuer.Trust, _backend.Address, time: _clock);
        await _clock.WaitedForAsync(KeyRefresh);
        var tokens = Enumerable.Range(0, 20).Select(_ => issuer.Token(c => c["exp"] = _clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds())).ToArray();
        await issuer.DisposeAsync();

        using var client = Client.For(gateway.Address);
        for (var minute = 1; minute <= 10; minute++)
        {
            _clock.Advance(KeyRefresh);
            foreach (var answer in await Task.WhenAll(tokens.Select(token => GetAsync(client, "/api/echo/x", token))))
            {
                using (answer) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }

            await _clock.WaitedForAsync(KeyRefresh, times: minute + 1); // the fetch has failed and the next one is due
        }
    }

    [Fact]
    public async Task DocumentOfAnotherIssuer_IsNotTrusted()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var gateway = await GatewayApp.StartAsync(("https://elsewhere.test", issuer.Trust.Documents), _backend.Address, time: _clock);
        await FetchFailedAsync(gateway);
        using var client = Client.For(gateway.Address);
        using var answer = await GetAsync(client, "/api/echo/x", issuer.Token(c => c["iss"] = "https://elsewhere.test"));
        await ProblemAssert.IsAsync(answer, HttpStatusCode.ServiceUnavailable, "issuer_unavailable");
        Assert.Equal(0, issuer.Fetches);
        Assert.Contains(gateway.Logs.All, l => l.Contains("speaks for issuer 'https://issuer.test', not 'https://elsewhere.test'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task IssuerNameThatIsNoAddress_WorksWithAMetadataAddress()
    {
        // RFC 7519 section 4.1.1: iss is any text.
        await using var documents = await TestServer.StartAsync(context => context.Request.Path.Value!.EndsWith("/jwks", StringComparison.Ordinal)
            ? context.Response.WriteAsync("""{"keys":[]}""")
            : context.Response.WriteAsync($$"""{"issuer":"our own issuer","jwks_uri":"http://{{context.Request.Host}}/jwks"}"""));
        await using var gateway = await GatewayApp.StartAsync(("our own issuer", documents.Address), _backend.Address, time: _clock);
        await FetchFailedAsync(gateway);
        Assert.Contains(gateway.Logs.All, l => l.Contains("the key set has no usable key", StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => _backend.DisposeAsync();

    private static Task FetchFailedAsync(GatewayApp gateway) =>
        Until.TrueAsync(() => gateway.Logs.All.Any(l => l.Contains("could not be fetched", StringComparison.Ordinal)), "a fetch fails");

    private static Task<HttpResponseMessage> GetAsync(HttpClient client, string path, string? token = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
