using System.Net;
using System.Net.Http.Headers;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>Keys that come and go, and an issuer that gives other things than keys.</summary>
public sealed class IssuerKeysTests : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private FakeIssuer _issuer = null!;
    private FakeIssuer _next = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _next = await FakeIssuer.StartAsync(); // only its key and signature are used
        _backend = await TestServer.StartAsync();
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, time: _clock);
        _client = Client.For(_gateway.Address);
        await _clock.WaitedForAsync(TimeSpan.FromMinutes(1)); // the keys are there and the next refresh is due
    }

    [Fact]
    public async Task NewKey_FirstRequestWithItIsServed()
    {
        _clock.Advance(TimeSpan.FromSeconds(11));
        _issuer.FurtherKeys.Add(NextKey());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(NextToken()));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_issuer.Token()));
        Assert.Equal(2, _issuer.Fetches);
    }

    [Fact]
    public async Task ManyUnknownKeys_CauseOneFetch()
    {
        _clock.Advance(TimeSpan.FromSeconds(11));
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => StatusAsync(_issuer.Token(header: h => h["kid"] = $"random-{i}"))));
        Assert.All(answers, status => Assert.Equal(HttpStatusCode.Unauthorized, status));
        Assert.Equal(2, _issuer.Fetches);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_issuer.Token()));
    }

    [Fact]
    public async Task FloodOfUnknownKeys_CausesOneFetchInEachInterval()
    {
        // Ten seconds is the shipped interval; the background fetches once a minute beside it.
        for (var interval = 1; interval <= 4; interval++)
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            for (var wave = 0; wave < 3; wave++)
            {
                var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => StatusAsync(_issuer.Token(header: h => h["kid"] = $"random-{interval}-{wave}-{i}"))));
                Assert.All(answers, status => Assert.Equal(HttpStatusCode.Unauthorized, status));
                Assert.Equal(1 + interval, _issuer.Fetches);
            }
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_issuer.Token()));
    }

    // CVE-2024-45809, CVE-2025-64527: a client that goes while its key is being fetched.
    [Fact]
    public async Task ClientsThatLeaveDuringTheFetch_HarmNobody()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _issuer.OnJwks = async context =>
        {
            await go.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync($$"""{"keys":[{{_issuer.PublicJwk()}},{{NextKey()}}]}""");
        };
        _clock.Advance(TimeSpan.FromSeconds(11));
        using (var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken))
        {
            var gone = Enumerable.Range(0, 20).Select(i => LeavingAsync(i % 2 == 0 ? NextToken() : _issuer.Token(header: h => h["kid"] = "other"), leaving.Token)).ToArray();
            await Until.TrueAsync(() => _issuer.Fetches == 2, "the fetch begins");
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("junk"));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(_issuer.Token(c => c["exp"] = 1)));
            await leaving.CancelAsync();
            foreach (var request in gone) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        }

        var staying = StatusAsync(NextToken());
        go.SetResult();
        Assert.Equal(HttpStatusCode.OK, await staying);
        Assert.Equal(2, _issuer.Fetches);
        Assert.DoesNotContain(_gateway.Logs.All, l => l.StartsWith("Error", StringComparison.Ordinal) || l.StartsWith("Critical", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("500")]
    [InlineData("301")]
    [InlineData("<html><body>Sign in</body></html>")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"issuer":"https://issuer.test"}""")]
    [InlineData("""{"issuer":"https://issuer.test","jwks_uri":7}""")]
    [InlineData("""{"issuer":"https://issuer.test","jwks_uri":"jwks"}""")]
    [InlineData("""{"issuer":"https://issuer.test","jwks_uri":"file:///etc/passwd"}""")]
    [InlineData("""{"issuer":"https://issuer.test/","jwks_uri":"https://issuer.test/jwks"}""")]
    [InlineData("""{"issuer":["https://issuer.test"],"jwks_uri":"https://issuer.test/jwks"}""")]
    [InlineData("1 MB")]
    [InlineData("endless")]
    public async Task DiscoveryDocumentThatIsNone_KnownKeysGoOn(string answer)
    {
        _issuer.OnMetadata = context => GiveAsync(context, answer);
        var fetches = _issuer.Fetches;
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(NextToken()));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_issuer.Token()));
        Assert.Equal(fetches, _issuer.Fetches);
        Assert.Contains(_gateway.Logs.All, l => l.Contains("could not be fetched", StringComparison.Ordinal));

        _issuer.OnMetadata = null;
        _issuer.FurtherKeys.Add(NextKey());
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(NextToken()));
    }

    [Fact]
    public async Task WithdrawnKey_IsRefusedAfterTheRefresh()
    {
        _issuer.OnJwks = context => context.Response.WriteAsync($$"""{"keys":[{{NextKey()}}]}""");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_issuer.Token()));
        _clock.Advance(TimeSpan.FromMinutes(1));
        await Until.TrueAsync(() => _gateway.Logs.All.Any(l => l.EndsWith(": key-2 ", StringComparison.Ordinal)), "the refresh");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(_issuer.Token()));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(NextToken()));
    }

    [Fact]
    public async Task KeyReplacedUnderItsKid_TheOldOneIsRefused()
    {
        _issuer.OnJwks = context => context.Response.WriteAsync($$"""{"keys":[{{_next.PublicJwk()}}]}""");
        _clock.Advance(TimeSpan.FromMinutes(1));
        await Until.TrueAsync(() => _gateway.Logs.All.Count(l => l.Contains("Signing keys of", StringComparison.Ordinal)) == 2, "the refresh");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(_issuer.Token()));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_next.Token()));
    }

    [Theory]
    [InlineData("500")]
    [InlineData("301")]
    [InlineData("<html><body>Sign in</body></html>")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[{"kty":"RSA","n":"!!!","e":"AQAB","kid":"key-1"}]}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"c2VjcmV0","kid":"key-1"}]}""")]
    [InlineData("1 MB")]
    [InlineData("endless")]
    public async Task AnswerThatIsNoKeySet_KnownKeysGoOn(string answer)
    {
        _issuer.OnJwks = context => GiveAsync(context, answer);
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(NextToken()));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_issuer.Token()));
        _clock.Advance(TimeSpan.FromMinutes(1));
        await _clock.WaitedForAsync(TimeSpan.FromMinutes(1), times: 2);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_issuer.Token()));

        _issuer.OnJwks = null;
        _issuer.FurtherKeys.Add(NextKey());
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(NextToken()));
    }

    [Fact]
    public async Task AnswerThatNeverComes_UnknownKeyWaitsTwoSecondsAndKnownOnesNotAtAll()
    {
        _issuer.OnJwks = context => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        _clock.Advance(TimeSpan.FromSeconds(11));
        var waiting = StatusAsync(NextToken());
        await Until.TrueAsync(() => _issuer.Fetches == 2, "the fetch begins");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_issuer.Token()));
        Assert.False(waiting.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.Unauthorized, await waiting);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(NextToken()));
        Assert.Equal(2, _issuer.Fetches);
    }

    [Fact]
    public async Task RedirectOfTheKeySet_IsNotFollowed()
    {
        await using var elsewhere = await TestServer.StartAsync(context => context.Response.WriteAsync($$"""{"keys":[{{NextKey()}}]}"""));
        _issuer.OnJwks = context =>
        {
            context.Response.Redirect(elsewhere.Address.AbsoluteUri);
            return Task.CompletedTask;
        };
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(NextToken()));
        Assert.Empty(elsewhere.Received);
    }

    [Theory]
    [InlineData("ES384")]
    [InlineData("HS256")]
    public async Task KeyWithAnotherAlgorithm_VerifiesNothing(string algorithm)
    {
        _issuer.OnJwks = context => context.Response.WriteAsync($$"""{"keys":[{{_issuer.PublicJwk(algorithm)}},{{NextKey()}}]}""");
        _clock.Advance(TimeSpan.FromMinutes(1));
        await Until.TrueAsync(() => _gateway.Logs.All.Count(l => l.Contains("Signing keys of", StringComparison.Ordinal)) == 2, "the refresh");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(_issuer.Token()));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(NextToken()));
    }

    [Fact]
    public async Task KeyForEncryption_VerifiesNothing()
    {
        _issuer.OnJwks = context => context.Response.WriteAsync($$"""{"keys":[{{_issuer.PublicJwk(use: "enc")}},{{NextKey()}}]}""");
        _clock.Advance(TimeSpan.FromMinutes(1));
        await Until.TrueAsync(() => _gateway.Logs.All.Any(l => l.EndsWith(": key-2 ", StringComparison.Ordinal)), "the refresh");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(_issuer.Token()));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _next.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private static Task GiveAsync(HttpContext context, string answer)
    {
        if (answer == "endless") return GiveWithoutEndAsync(context);
        if (int.TryParse(answer, out var status))
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        }

        return context.Response.WriteAsync(answer == "1 MB" ? $"{{\"keys\":[{new string(' ', 1 << 20)}]}}" : answer);
    }

    private static async Task GiveWithoutEndAsync(HttpContext context)
    {
        var spaces = new byte[64 * 1024];
        while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(spaces, context.RequestAborted);
    }

    private string NextKey() => _next.PublicJwk().Replace(_next.Kid, "key-2", StringComparison.Ordinal);

    private string NextToken() => _next.Token(header: h => h["kid"] = "key-2");

    private Task<HttpStatusCode> StatusAsync(string token) => LeavingAsync(token, TestContext.Current.CancellationToken);

    private async Task<HttpStatusCode> LeavingAsync(string token, CancellationToken when)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/echo/x") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await _client.SendAsync(request, when);
        return answer.StatusCode;
    }
}
