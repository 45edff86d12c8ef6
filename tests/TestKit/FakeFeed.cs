using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace FrontDoor.TestKit;

/// <summary>A revocation feed of the test's own: says what it is told to whoever follows it.</summary>
public sealed class FakeFeed : IAsyncDisposable
{
    public const string Key = "a secret that only the test knows";

    private readonly ConcurrentDictionary<Channel<string>, bool> _followers = new();
    private readonly ConcurrentQueue<string?> _resumed = new();
    private readonly TestFolder _folder = new();
    private TestServer _server = null!;

    private FakeFeed() => KeyFile = _folder.Write("feed-key", Key + "\n");

    public Uri Address => new(_server.Address, "/revocations/feed");

    public string KeyFile { get; }

    /// <summary>What a new follower hears first; null: nothing, its request stays unanswered.</summary>
    public string? Greeting { get; set; } = Event("snapshot", 0);

    /// <summary>The Last-Event-ID of each follower so far.</summary>
    public IReadOnlyCollection<string?> Resumed => _resumed;

    /// <summary>Followers at the moment.</summary>
    public int Followers => _followers.Count;

    /// <summary>How the gateway's issuer is told of it.</summary>
    public Dictionary<string, string?> Settings => new()
    {
        ["Issuers:token-service:Revocations:FeedAddress"] = Address.AbsoluteUri,
        ["Issuers:token-service:Revocations:KeyFile"] = KeyFile,
    };

    public static async Task<FakeFeed> StartAsync()
    {
        var feed = new FakeFeed();
        feed._server = await TestServer.StartAsync(feed.AnswerAsync);
        return feed;
    }

    /// <summary>An event with this one entry, or none.</summary>
    public static string Event(string type, long id, string? kind = null, string subject = "") =>
        Raw(type, $"{id}", kind is null ? "[]" : $$"""[{"id":{{id}},"kind":"{{kind}}","subject":"{{subject}}","expires":{{long.MaxValue / 1000}}}]""");

    /// <summary>Any event.</summary>
    public static string Raw(string type, string id, string data) => $"event: {type}\nid: {id}\ndata: {data}\n\n";

    /// <summary>Says it to all followers.</summary>
    public void Say(string text)
    {
        foreach (var follower in _followers.Keys) follower.Writer.TryWrite(text);
    }

    /// <summary>Ends all connections; followers may come again.</summary>
    public void BreakOff()
    {
        foreach (var follower in _followers.Keys) follower.Writer.TryComplete();
    }

    public Task FollowedAsync(int times = 1) => Until.TrueAsync(() => _resumed.Count >= times, $"the feed is followed for the {times}. time");

    public async ValueTask DisposeAsync()
    {
        BreakOff();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization != "Bearer " + Key)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var channel = Channel.CreateUnbounded<string>();
        if (Greeting is { } greeting) channel.Writer.TryWrite(greeting);
        _followers[channel] = true;
        _resumed.Enqueue(context.Request.Headers["Last-Event-ID"]);
        context.Response.ContentType = "text/event-stream";
        try
        {
            await foreach (var text in channel.Reader.ReadAllAsync(context.RequestAborted))
            {
                await context.Response.WriteAsync(text, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The follower left.
        }
        finally
        {
            _followers.TryRemove(channel, out _);
        }
    }
}
