using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.TokenService.Tests.Revocations;

public sealed class FeedAccessTests : IDisposable
{
    private const string Path = "/revocations/feed";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task NoKeyFile_IsNotFound()
    {
        await using var app = TokenServiceApp.Start();
        using var client = new TokenClient(app.Address);
        Assert.Equal(404, (await client.SendAsync(HttpMethod.Get, Path, FeedClient.Key)).Status);
    }

    [Fact]
    public async Task WrongOrMissingKey_IsUnauthorized()
    {
        await using var app = TokenServiceApp.Start(new Dictionary<string, string?> { ["Revocations:FeedKeyFile"] = _folder.Write("key", FeedClient.Key + "\n") });
        using var client = new TokenClient(app.Address);
        var pair = await client.ObtainAsync("root");
        foreach (var key in new[] { null, "", "wrong", FeedClient.Key[..^1], FeedClient.Key + "x", FeedClient.Key.ToUpperInvariant(), pair.Access })
        {
            var refused = await client.SendAsync(HttpMethod.Get, Path, key);
            Assert.Equal((401, "Bearer realm=\"revocations\""), (refused.Status, refused.Header("WWW-Authenticate")));
        }

        Assert.Equal(401, (await client.SendAsync(HttpMethod.Get, Path, null, ("Authorization", "Basic " + FeedClient.Key))).Status);
        Assert.Equal(405, (await client.SendAsync(HttpMethod.Post, Path, FeedClient.Key)).Status);

        await using var feed = await FeedClient.OpenAsync(app);
        Assert.Equal("snapshot", (await feed.NextAsync()).Type);
    }
}
