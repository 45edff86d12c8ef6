using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FrontDoor.TestKit;

/// <summary>One request as it arrived.</summary>
public sealed record ReceivedRequest(string Method, string Target, IReadOnlyDictionary<string, string[]> Headers)
{
    public string? Header(string name) => Headers.TryGetValue(name, out var values) ? string.Join("|", values) : null;
}

/// <summary>A back end of the test's own: records what arrives and answers what it is told.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedRequest> _received = new();

    private TestServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public IReadOnlyCollection<ReceivedRequest> Received => _received;

    /// <param name="answer">What to answer; default 200 "ok".</param>
    /// <param name="port">Default: any free one.</param>
    /// <param name="protocols">Http2 means cleartext HTTP/2 with prior knowledge.</param>
    public static async Task<TestServer> StartAsync(RequestDelegate? answer = null, int port = 0, HttpProtocols protocols = HttpProtocols.Http1)
    {
        // Empty: the other builders would read the appsettings.json of the services beside this assembly.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}")
            .ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols));
        var server = new TestServer(builder.Build());
        server._app.UseWebSockets();
        server._app.Run(context =>
        {
            server._received.Enqueue(new ReceivedRequest(
                context.Request.Method,
                context.Features.Get<IHttpRequestFeature>()!.RawTarget,
                context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.Select(v => v ?? "").ToArray(), StringComparer.OrdinalIgnoreCase)));
            return answer?.Invoke(context) ?? context.Response.WriteAsync("ok");
        });
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
