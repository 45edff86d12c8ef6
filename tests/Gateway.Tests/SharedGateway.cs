using System.Globalization;
using System.Net.Http.Headers;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

[assembly: AssemblyFixture(typeof(FrontDoor.Gateway.Tests.SharedGateway))]

namespace FrontDoor.Gateway.Tests;

/// <summary>
/// One gateway with its issuer and back end for all tests that leave no trace in it. Every request has a path of its own, so a test
/// finds what arrived for it.
/// </summary>
public sealed class SharedGateway : IAsyncLifetime
{
    public FakeIssuer Issuer { get; private set; } = null!;

    public TestServer Backend { get; private set; } = null!;

    public GatewayApp App { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public Uri Address => App.Address;

    /// <summary>A path that no other test uses, on a route that needs any valid token.</summary>
    public static string ProtectedPath() => $"/api/echo/{Guid.NewGuid():N}";

    /// <summary>The same on an anonymous route.</summary>
    public static string AnonymousPath() => $"/api/public/echo/{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        Issuer = await FakeIssuer.StartAsync();
        Backend = await TestServer.StartAsync(AnswerAsync);
        App = await GatewayApp.StartAsync(Issuer.Trust, Backend.Address, new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:Http2:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:Http2:Protocols"] = "Http2",
            ["ReverseProxy:Routes:bare:ClusterId"] = "sample",
            ["ReverseProxy:Routes:bare:Match:Path"] = "/api/bare/{**rest}",
        });
        Client = TestKit.Client.For(App.Address);
    }

    /// <summary>Sends a request; the header fields are not looked at by the client.</summary>
    public Task<HttpResponseMessage> SendAsync(string path, HttpMethod? method = null, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, path) { Content = content };
        foreach (var (name, value) in headers) Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends a GET with this as its Authorization field.</summary>
    public Task<HttpResponseMessage> GetAsync(string path, string? authorization = null) =>
        SendAsync(path, headers: authorization is null ? [] : [("Authorization", authorization)]);

    /// <summary>A request with a good token and these header fields, as the back end received it.</summary>
    public async Task<ReceivedRequest> ForwardedAsync(string path, params (string Name, string Value)[] headers)
    {
        using var answer = await SendAsync(path, headers: [("Authorization", $"Bearer {Issuer.Token()}"), .. headers]);
        Assert.True(answer.IsSuccessStatusCode, $"{path} answered {answer.StatusCode}");
        return Arrived(path);
    }

    /// <summary>The one request for this path that reached the back end.</summary>
    public ReceivedRequest Arrived(string path) => Assert.Single(Backend.Received, r => r.Target == path);

    /// <summary>Fails when a request for this path reached the back end.</summary>
    public void NothingArrived(string path) => Assert.DoesNotContain(Backend.Received, r => r.Target.StartsWith(path, StringComparison.Ordinal));

    /// <summary>After whatever was refused, the gateway serves on.</summary>
    public async Task StillServesAsync()
    {
        var path = ProtectedPath();
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Issuer.Token()) } };
        using var answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"the next valid request got {answer.StatusCode}");
        Arrived(path);
    }

    // The field X-Answer says what to answer: a status and, if there is more, a body.
    private static Task AnswerAsync(HttpContext context)
    {
        var order = context.Request.Headers["X-Answer"].ToString().Split(' ', 2);
        if (order[0].Length == 0) return context.Response.WriteAsync("ok");
        context.Response.StatusCode = int.Parse(order[0], CultureInfo.InvariantCulture);
        return order.Length > 1 ? context.Response.WriteAsync(order[1]) : Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
        await Backend.DisposeAsync();
        await Issuer.DisposeAsync();
    }
}
