using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Revocations;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class HashingGateTests : IAsyncDisposable
{
    private readonly FastHasher _hasher = new();
    private readonly TestFolder _folder = new();
    private readonly TokenServiceApp _app;
    private readonly TokenClient _client;

    public HashingGateTests()
    {
        _app = TokenServiceApp.Start(
            new Dictionary<string, string?>
            {
                ["Users:ConcurrentHashes"] = "1",
                ["Users:HashQueue"] = "2",
                ["Revocations:FeedKeyFile"] = _folder.Write("feed-key", FeedClient.Key),
            }, _folder, services: _hasher.Replace);
        _client = new TokenClient(_app.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _hasher.Release();
        _client.Dispose();
        await _app.DisposeAsync();
        _hasher.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task SignInsBeyondTheQueue_AreUnavailableAndTheRestGoesOn()
    {
        var (pair, ended) = (await _client.ObtainAsync(), await _client.ObtainAsync());
        await using var feed = await FeedClient.OpenAsync(_app);
        await feed.NextAsync();
        _hasher.Hold();
        var signIns = Enumerable.Range(0, 10).Select(_ => _client.ObtainAsync()).ToArray();
        await Until.TrueAsync(() => signIns.Count(s => s.IsCompleted) == 7, "all but one running and two waiting are turned away");
        Assert.Equal(1, _hasher.Held);
        var next = (await _client.RefreshAsync(pair.Refresh)).Succeeded();
        (await _client.VerifyAsync(next.Access)).Is(200, "{}");
        (await _client.GetAsync("/.well-known/jwks.json")).Succeeded();
        (await _client.BlacklistAsync(ended.Refresh)).Succeeded();
        Assert.Equal([$"session:{Jwt.Claim(ended.Access, "sid")}"], (await feed.NextAsync()).Entries);
        await using (var another = await FeedClient.OpenAsync(_app)) Assert.Equal("snapshot", (await another.NextAsync()).Type);
        Assert.Equal(1, _hasher.Held);
        _hasher.Release();

        var answers = await Task.WhenAll(signIns);
        Assert.Equal(3, answers.Count(a => a.Status == 200));
        Assert.All(answers.Where(a => a.Status != 200), answer =>
        {
            answer.Is(503, """{"detail":"The service is temporarily unavailable. Try again shortly."}""");
            Assert.Equal(("2", "no-store"), (answer.Header("Retry-After"), answer.Header("Cache-Control")));
        });
    }

    [Fact]
    public async Task AfterFloodsAndClientsThatLeft_NoSlotIsLost()
    {
        _hasher.Hold();
        using (var left = new TokenClient(_app.Address))
        {
            var signIns = Enumerable.Range(0, 3).Select(_ => left.ObtainAsync()).ToArray();
            await Until.TrueAsync(() => _hasher.Held == 1, "one is being checked");
            left.Dispose();
            foreach (var signIn in signIns) await Assert.ThrowsAnyAsync<Exception>(() => signIn);
        }

        _hasher.Release();
        await Until.TrueAsync(() => _hasher.Held == 0, "the check has ended");
        for (var round = 0; round < 3; round++) await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _client.ObtainAsync()));
        // As many as ever fit: one in hand and two waiting.
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _client.ObtainAsync())), answer => answer.Succeeded());
    }
}
