using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using FrontDoor.Gateway.Streams;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace FrontDoor.Gateway.Tests.Streams;

/// <summary>A gateway with a clock of its own, a feed of the test's own, and a back end whose answers the test writes.</summary>
internal sealed class StreamGateway : IAsyncDisposable
{
    private readonly FakeIssuer _issuer;
    private readonly FakeFeed _feed;
    private readonly TestServer _backend;
    private readonly FakeTimeProvider _clock;
    private readonly GatewayApp _app;

    private StreamGateway(FakeIssuer issuer, FakeFeed feed, TestServer backend, FakeTimeProvider clock, GatewayApp app) =>
        (_issuer, _feed, _backend, _clock, _app) = (issuer, feed, backend, clock, app);

    public IReadOnlyCollection<string> Logs => _app.Logs.All;

    public bool Watches => _app.Services.GetRequiredService<LiveStreams>().Count > 0;

    public static async Task<StreamGateway> StartAsync(RequestDelegate answer, Dictionary<string, string?>? settings = null, bool http2 = false)
    {
        var (issuer, feed) = (await FakeIssuer.StartAsync(), await FakeFeed.StartAsync());
        var backend = await TestServer.StartAsync(answer, protocols: http2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        var all = feed.Settings;
        all["Kestrel:Endpoints:Http2:Url"] = "http://127.0.0.1:0";
        all["Kestrel:Endpoints:Http2:Protocols"] = "Http2";
        if (http2)
        {
            all["ReverseProxy:Clusters:sample:HttpRequest:Version"] = "2";
            all["ReverseProxy:Clusters:sample:HttpRequest:VersionPolicy"] = "RequestVersionExact";
        }

        foreach (var (key, value) in settings ?? []) all[key] = value;
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var app = await GatewayApp.StartAsync(issuer.Trust, backend.Address, all, clock);
        await feed.FollowedAsync();
        return new(issuer, feed, backend, clock, app);
    }

    /// <summary>Session "s-1", five minutes.</summary>
    public string Token() => _issuer.Token(claims => claims["sid"] = "s-1");

    public async Task<ClientWebSocket> OpenSocketAsync(bool http2 = false)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {Token()}");
        if (http2) (socket.Options.HttpVersion, socket.Options.HttpVersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        var address = new UriBuilder(http2 ? _app.Http2Address! : _app.Address) { Scheme = "ws", Path = "/api/socket" }.Uri;
        await socket.ConnectAsync(address, new HttpMessageInvoker(new SocketsHttpHandler()), TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>A WebSocket as bytes: the class of the framework hands out whole frames only.</summary>
    public async Task<NetworkStream> OpenRawSocketAsync()
    {
        var connection = new TcpClient();
        await connection.ConnectAsync(_app.Address.Host, _app.Address.Port, TestContext.Current.CancellationToken);
        var stream = connection.GetStream();
        var head = $"GET /api/socket HTTP/1.1\r\nHost: {_app.Address.Authority}\r\nAuthorization: Bearer {Token()}\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        var answer = new StringBuilder();
        var one = new byte[1];
        while (!answer.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, TestContext.Current.CancellationToken);
            answer.Append((char)one[0]);
        }

        Assert.StartsWith("HTTP/1.1 101 ", answer.ToString(), StringComparison.Ordinal);
        return stream;
    }

    public async Task<HttpResponseMessage> OpenAsync(string path, bool http2 = false)
    {
        var client = Client.For(http2 ? _app.Http2Address! : _app.Address);
        var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Token()) } };
        if (http2) (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>A gRPC call, as far as HTTP/2 goes.</summary>
    public async Task<HttpResponseMessage> CallAsync(string path, HttpContent message)
    {
        var client = Client.For(_app.Http2Address!);
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = message };
        request.Headers.TE.Add(new("trailers")); // as every gRPC client does
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token());
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>How many requests the back end got.</summary>
    public int Asked => _backend.Received.Count;

    /// <summary>Past the token's <c>exp</c> and the clock skew.</summary>
    public Task ExpireTokenAsync() => EndsAsync(TimeSpan.FromMinutes(6));

    public async Task RevokeSessionAsync()
    {
        _feed.Say(FakeFeed.Event("revoked", 1, "session", "s-1"));
        await EndsAsync(TimeSpan.FromMilliseconds(250));
    }

    /// <summary>Lets time pass in small steps, so that what is due is done, until the work is.</summary>
    public async Task WhileTimePassesAsync(Task work)
    {
        await Until.TrueAsync(
            () =>
            {
                if (!work.IsCompleted) _clock.Advance(TimeSpan.FromMilliseconds(50));
                return work.IsCompleted;
            },
            "what takes time is done");
    }

    public void Advance(TimeSpan time) => _clock.Advance(time);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _backend.DisposeAsync();
        await _feed.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private async Task EndsAsync(TimeSpan time)
    {
        await Until.TrueAsync(() => Watches, "the stream is watched");
        _clock.Advance(time);
        await Until.TrueAsync(
            () =>
            {
                if (Watches) _clock.Advance(TimeSpan.FromMilliseconds(50));
                return !Watches;
            },
            "the stream is told to end");
    }
}
