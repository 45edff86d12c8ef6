using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.EndToEnd.Tests;

/// <summary>Django as it is deployed, behind the gateway in nginx's place: nothing in the project knows of us but two settings.</summary>
public sealed class DjangoTests : IAsyncLifetime
{
    private readonly DjangoServers _django = new();
    private ThreeProcesses _processes = null!;
    private HttpClient _client = null!;
    private string _access = null!;

    public async ValueTask InitializeAsync()
    {
        Needs.DjangoServers();
        _processes = await ThreeProcesses.StartAsync(gateway: _django.GatewaySettings());
        await _django.StartAsync(_processes.Gateway);
        using var api = new Api(_processes.Gateway);
        _access = (await api.SignInAsync("alice", ThreeProcesses.Password)).Access;
        _client = Client.For(_processes.Gateway);
    }

    [Fact]
    public async Task GunicornAtAUnixSocketAndUwsgiAtAPort_ServeAsBehindNginx()
    {
        foreach (var host in new[] { DjangoServers.Gunicorn, DjangoServers.Uwsgi })
        {
            await BelievesTheGatewayAsync(host);
            await VerifiesTheTokenItselfAsync(host);
            await GetsWholeBodiesAsync(host);
            await AnswersAsHttpWantsAsync(host);
            await KeepsUpAsync(host);
        }
    }

    private async Task BelievesTheGatewayAsync(string host)
    {
        var answer = await JsonAsync(host, HttpMethod.Get, "trusting/", forged: ("X-Forwarded-User", "1"));
        Assert.Equal("alice", answer.GetProperty("name").GetString());
        // Scheme, host and port as the client wrote them: links and redirects that Django makes lead back here.
        Assert.Equal($"http://{host}:{_processes.Gateway.Port}/api/django/trusting/", answer.GetProperty("address").GetString());
    }

    private async Task VerifiesTheTokenItselfAsync(string host)
    {
        var user = (await JsonAsync(host, HttpMethod.Get, "verifying/")).GetProperty("user_id").GetString();
        Assert.False(string.IsNullOrEmpty(user));
    }

    // Django under WSGI takes a body of unknown length for an empty one.
    private async Task GetsWholeBodiesAsync(string host)
    {
        foreach (var length in new[] { 0, 1, 64 * 1024, 1_000_000 })
        foreach (var chunked in new[] { false, true })
        {
            var body = new byte[length];
            Array.Fill(body, (byte)7);
            var answer = await JsonAsync(host, HttpMethod.Post, "trusting/", body, chunked, HttpStatusCode.Created);
            Assert.Equal((length, length * 7), (answer.GetProperty("length").GetInt32(), answer.GetProperty("sum").GetInt32()));
        }
    }

    private async Task AnswersAsHttpWantsAsync(string host)
    {
        using var head = await SendAsync(host, HttpMethod.Head, "trusting/");
        Assert.Equal((HttpStatusCode.OK, true), (head.StatusCode, head.Content.Headers.ContentLength > 0));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        using var absent = await SendAsync(host, HttpMethod.Get, "absent/");
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
        using var slash = await SendAsync(host, HttpMethod.Get, "trusting?x=%20y");
        Assert.Equal((HttpStatusCode.MovedPermanently, "/api/django/trusting/?x=%20y"), (slash.StatusCode, slash.Headers.Location?.OriginalString));
        using var moved = await SendAsync(host, HttpMethod.Get, "moved/");
        Assert.Equal($"http://{host}:{_processes.Gateway.Port}/api/django/trusting/", moved.Headers.Location?.OriginalString);
        using var refused = await SendAsync(host, HttpMethod.Delete, "trusting/");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, refused.StatusCode);
    }

    // Both close connections as they like; no request may meet one that is just being closed.
    private async Task KeepsUpAsync(string host)
    {
        async Task<int> LoadAsync(int worker)
        {
            var bad = 0;
            for (var i = 0; i < 40; i++)
            {
                var post = (worker + i) % 2 == 0;
                using var answer = await SendAsync(host, post ? HttpMethod.Post : HttpMethod.Get, "trusting/", post ? new byte[100] : null);
                if (answer.StatusCode != (post ? HttpStatusCode.Created : HttpStatusCode.OK)) bad++;
            }

            return bad;
        }

        var bad = await Task.WhenAll(Enumerable.Range(0, 8).Select(LoadAsync));
        Assert.Equal(0, bad.Sum());
    }

    private async Task<JsonElement> JsonAsync(
        string host, HttpMethod method, string path, byte[]? body = null, bool chunked = false, HttpStatusCode status = HttpStatusCode.OK, (string Name, string Value)? forged = null)
    {
        using var answer = await SendAsync(host, method, path, body, chunked, forged);
        Assert.True(answer.StatusCode == status, $"{host} {method} {path}: {answer}\n{await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}\n{_django.Output}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(
        string host, HttpMethod method, string path, byte[]? body = null, bool chunked = false, (string Name, string Value)? forged = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/django/{path}");
        request.Headers.Host = $"{host}:{_processes.Gateway.Port}";
        request.Headers.Authorization = new("Bearer", _access);
        if (forged is var (name, value)) request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null) request.Content = new ByteArrayContent(body);
        if (chunked) request.Headers.TransferEncodingChunked = true;
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await _django.DisposeAsync();
        if (_processes is not null) await _processes.DisposeAsync();
    }
}
