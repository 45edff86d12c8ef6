using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace FrontDoor.TestKit;

/// <summary>An OpenTelemetry collector of the test's own: keeps what arrives by OTLP over HTTP. Texts stand in protobuf as they are, so they can be looked for.</summary>
public sealed class FakeCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Signal, byte[] Body)> _received = new();
    private TestServer _server = null!;

    private FakeCollector()
    {
    }

    public Uri Address => _server.Address;

    public static async Task<FakeCollector> StartAsync()
    {
        var collector = new FakeCollector();
        collector._server = await TestServer.StartAsync(collector.KeepAsync);
        return collector;
    }

    /// <summary>All that arrived of a signal: traces, metrics or logs.</summary>
    public string Text(string signal) => string.Join('\n', _received.Where(r => r.Signal == $"/v1/{signal}").Select(r => Encoding.Latin1.GetString(r.Body)));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task KeepAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _received.Enqueue((context.Request.Path, body.ToArray()));
        context.Response.ContentType = "application/x-protobuf";
    }
}
