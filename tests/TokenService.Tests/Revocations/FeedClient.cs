using System.Net.ServerSentEvents;
using System.Text.Json;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.TokenService.Tests.Revocations;

/// <summary>One event of the feed; each entry as kind, colon, subject.</summary>
internal sealed record FeedEvent(string Type, long Id, IReadOnlyList<string> Entries, IReadOnlyList<long> EntryIds, IReadOnlyList<long> Expires);

/// <summary>A follower of the revocation feed.</summary>
internal sealed class FeedClient : IAsyncDisposable
{
    public const string Key = "a secret that only the test knows";

    private readonly HttpClient _http;
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private FeedClient(HttpClient http, HttpResponseMessage response, Stream stream)
    {
        (_http, _response) = (http, response);
        _events = SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
    }

    public static async Task<FeedClient> OpenAsync(TokenServiceApp app, long? lastEventId = null)
    {
        var http = Client.For(app.Address);
        var request = new HttpRequestMessage(HttpMethod.Get, "/revocations/feed") { Headers = { { "Authorization", "Bearer " + Key } } };
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", $"{lastEventId}");
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", response.EnsureSuccessStatusCode().Content.Headers.ContentType?.MediaType);
        return new FeedClient(http, response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The next event that is no heartbeat; fails the test when none comes.</summary>
    public async Task<FeedEvent> NextAsync()
    {
        while (true)
        {
            if (await AnyAsync() is { Type: not "heartbeat" } item) return item;
        }
    }

    /// <summary>The next event of any type.</summary>
    public async Task<FeedEvent> AnyAsync()
    {
        Assert.True(await _events.MoveNextAsync().AsTask().WaitAsync(Until.Patience), "the feed ended");
        var item = _events.Current;
        var entries = JsonElement.Parse(item.Data).EnumerateArray().ToArray();
        return new FeedEvent(
            item.EventType,
            long.Parse(item.EventId!, System.Globalization.CultureInfo.InvariantCulture),
            [.. entries.Select(e => $"{e.GetProperty("kind").GetString()}:{e.GetProperty("subject").GetString()}")],
            [.. entries.Select(e => e.GetProperty("id").GetInt64())],
            [.. entries.Select(e => e.GetProperty("expires").GetInt64())]);
    }

    /// <summary>False when the service has ended it.</summary>
    public async Task<bool> GoesOnAsync() => await _events.MoveNextAsync().AsTask().WaitAsync(Until.Patience);

    public ValueTask DisposeAsync()
    {
        // The enumerator may be in the middle of a read; ending the connection ends it.
        _response.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
