using System.Net;
using System.Net.Http.Headers;
using FrontDoor.TestKit;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>A gateway with a clock of its own, a folder for its files, and an issuer beside those that the settings name.</summary>
internal sealed class ClockedGateway : IAsyncDisposable
{
    private readonly TestServer _backend;
    private readonly HttpClient _client;

    private ClockedGateway(FakeIssuer issuer, TestServer backend, FakeTimeProvider clock, GatewayApp app)
    {
        (Issuer, _backend, Clock, App) = (issuer, backend, clock, app);
        _client = Client.For(app.Address);
    }

    public FakeIssuer Issuer { get; }

    public FakeTimeProvider Clock { get; }

    public GatewayApp App { get; }

    public static async Task<ClockedGateway> StartAsync(Dictionary<string, string?> settings)
    {
        var (issuer, backend, clock) = (await FakeIssuer.StartAsync(), await TestServer.StartAsync(), new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        return new(issuer, backend, clock, await GatewayApp.StartAsync(issuer.Trust, backend.Address, settings, clock));
    }

    public async Task<HttpResponseMessage> GetAsync(string token) => await _client.SendAsync(
        new HttpRequestMessage(HttpMethod.Get, "/api/echo/x") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } },
        TestContext.Current.CancellationToken);

    public async Task<ReceivedRequest> AcceptsAsync(string token)
    {
        using var answer = await GetAsync(token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return _backend.Received.Last();
    }

    public async Task RefusesAsync(string token, string why = "", string message = "Token is invalid")
    {
        using var answer = await GetAsync(token);
        Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{(int)answer.StatusCode}: {why}");
        await ProblemAssert.TokenNotValidAsync(answer, message);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await App.DisposeAsync();
        await _backend.DisposeAsync();
        await Issuer.DisposeAsync();
    }
}
