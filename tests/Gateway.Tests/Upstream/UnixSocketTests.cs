using System.Net;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Upstream;

/// <summary>The cluster "orders", which prefers its first destination, with that one on a Unix socket.</summary>
public sealed class UnixSocketTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private FakeIssuer _issuer = null!;
    private TestServer _other = null!;

    private string Socket => _folder.File("app.sock");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the address of a Unix socket has a slash at its head");
        _issuer = await FakeIssuer.StartAsync();
        _other = await TestServer.StartAsync(context => context.Response.WriteAsync("other"));
    }

    [Fact]
    public async Task Destination_IsReachedWithItsPrefixAndAHostThatFrameworksAccept()
    {
        await using var backend = await TestServer.StartAsync(context => context.Response.WriteAsync("socket"), listen: kestrel => kestrel.ListenUnixSocket(Socket));
        await using var gateway = await StartAsync($"http://unix:{Socket}:/app");

        using var answer = await GetAsync(gateway, "/api/orders/7?x=%20y");
        Assert.Equal("socket", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var received = Assert.Single(backend.Received);
        Assert.Equal("/app/api/orders/7?x=%20y", received.Target);
        Assert.Equal("localhost", received.Header("Host"));
        Assert.Equal("42", received.Header("X-Forwarded-User"));
    }

    [Fact]
    public async Task AbsentSocket_IsTriedElsewhere()
    {
        await using var gateway = await StartAsync($"http://unix:{Socket}");
        using var answer = await GetAsync(gateway, "/api/orders/7");
        Assert.Equal("other", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AbsentSocketAlone_Is502()
    {
        await using var gateway = await StartAsync($"http://unix:{Socket}", ("Resilience:Clusters:orders:Retries", "0"));
        using var answer = await GetAsync(gateway, "/api/orders/7");
        await ProblemAssert.IsAsync(answer, HttpStatusCode.BadGateway, "bad_gateway");
    }

    private Task<GatewayApp> StartAsync(string first, params (string Path, string Value)[] settings)
    {
        var all = settings.ToDictionary(s => s.Path, s => (string?)s.Value);
        all["ReverseProxy:Clusters:orders:Destinations:first:Address"] = first;
        return GatewayApp.StartAsync(_issuer.Trust, _other.Address, all);
    }

    private async Task<HttpResponseMessage> GetAsync(GatewayApp gateway, string path)
    {
        using var client = Client.For(gateway.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new("Bearer", _issuer.Token()) } };
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_issuer is not null) await _issuer.DisposeAsync();
        if (_other is not null) await _other.DisposeAsync();
        _folder.Dispose();
    }
}
