using System.Globalization;
using System.Text.Json;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class ThrottleTests : IAsyncDisposable
{
    private readonly FastHasher _hasher = new();
    private TokenServiceApp? _app;
    private TokenClient _client = null!;

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        _hasher.Dispose();
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("nobody")]
    public async Task EleventhFailureOfAnAccount_Waits(string userName)
    {
        Start();
        for (var i = 0; i < 10; i++) Assert.Equal(401, (await _client.ObtainAsync(userName, "wrong")).Status);
        var verifications = _hasher.Verifications;

        AssertThrottled(await _client.ObtainAsync(userName, "wrong"));
        AssertThrottled(await _client.ObtainAsync(userName));
        AssertThrottled(await _client.ObtainAsync(userName.ToUpperInvariant()));
        Assert.Equal(verifications, _hasher.Verifications);
        (await _client.ObtainAsync("root")).Succeeded();
    }

    [Fact]
    public async Task FailuresFromOneAddress_WaitWhateverTheAccount()
    {
        Start(new() { ["Users:Throttle:FailuresPerAddress"] = "5" });
        for (var i = 0; i < 5; i++) Assert.Equal(401, (await ObtainFromAsync("203.0.113.7", $"user{i}", "wrong")).Status);

        AssertThrottled(await ObtainFromAsync("203.0.113.7", "alice", TokenServiceApp.Password));
        (await ObtainFromAsync("203.0.113.8", "alice", TokenServiceApp.Password)).Succeeded();
    }

    [Fact]
    public async Task SuccessfulSignIns_AreNotCounted()
    {
        Start();
        for (var i = 0; i < 15; i++) (await _client.ObtainAsync()).Succeeded();
        Assert.Equal(401, (await _client.ObtainAsync("alice", "wrong")).Status);
    }

    // Otherwise the answers to more attempts than the limit allows would tell the password of an inactive account.
    [Fact]
    public async Task RightPasswordOfAnInactiveUser_CountsAsAFailure()
    {
        Start();
        var name = await _app!.AddUserAsync();
        await _app!.DisableAsync(name);
        for (var i = 0; i < 10; i++) Assert.Equal(401, (await _client.ObtainAsync(name)).Status);
        AssertThrottled(await _client.ObtainAsync(name));
    }

    // All of them are let in while none has failed yet; they must not all be tried.
    [Fact]
    public async Task ManyGuessesAtOnce_AreStoppedAtTheLimit()
    {
        Start(new() { ["Users:ConcurrentHashes"] = "1" });
        _hasher.Hold();
        var before = _hasher.Verifications;
        var guesses = Enumerable.Range(0, 30).Select(i => _client.ObtainAsync("alice", $"guess {i}")).ToArray();
        await Until.TrueAsync(() => _hasher.Held == 1, "the first guess is being checked");
        _hasher.Release();

        var answers = await Task.WhenAll(guesses);
        Assert.Equal(10, answers.Count(a => a.Status == 401));
        Assert.All(answers.Where(a => a.Status != 401), AssertThrottled);
        Assert.Equal(before + 10, _hasher.Verifications);
    }

    [Fact]
    public async Task AfterTheWindow_TheAccountIsFreeAgain()
    {
        Start(new() { ["Users:Throttle:Window"] = "00:00:01", ["Users:Throttle:FailuresPerAccount"] = "1" });
        Assert.Equal(401, (await _client.ObtainAsync("alice", "wrong")).Status);
        Reply answer;
        using var patience = new CancellationTokenSource(Until.Patience);
        do answer = await _client.ObtainAsync();
        while (answer.Status == 429 && !patience.IsCancellationRequested);
        answer.Succeeded();
    }

    private void Start(Dictionary<string, string?>? settings = null)
    {
        _app = TokenServiceApp.Start(settings, services: _hasher.Replace);
        _client = new TokenClient(_app.Address);
    }

    private Task<Reply> ObtainFromAsync(string address, string username, string password) => _client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/api/token/")
    {
        Headers = { { "X-Forwarded-For", address } },
        Content = new FormUrlEncodedContent([new("username", username), new("password", password)]),
    });

    private static void AssertThrottled(Reply answer)
    {
        Assert.Equal(429, answer.Status);
        var seconds = int.Parse(answer.Header("Retry-After")!, CultureInfo.InvariantCulture);
        Assert.InRange(seconds, 1, 60);
        Assert.Equal(
            $"Request was throttled. Expected available in {seconds} second{(seconds == 1 ? "" : "s")}.",
            JsonElement.Parse(answer.Body).GetProperty("detail").GetString());
        Assert.Equal("no-store", answer.Header("Cache-Control"));
    }
}
