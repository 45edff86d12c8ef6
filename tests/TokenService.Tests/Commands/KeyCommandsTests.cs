using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Revocations;
using Xunit;

namespace FrontDoor.TokenService.Tests.Commands;

public sealed class KeyCommandsTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TokenServiceApp _app;
    private readonly TokenClient _client;

    public KeyCommandsTests()
    {
        _app = TokenServiceApp.Start(
            new Dictionary<string, string?> { ["Revocations:FeedKeyFile"] = _folder.Write("feed-key", FeedClient.Key), ["Keys:PollInterval"] = "00:00:00.1" }, _folder);
        _client = new TokenClient(_app.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task RotateNow_TheRunningServiceSignsWithTheNewKey()
    {
        var pair = await _client.ObtainAsync();
        Assert.Equal([(Kid(pair), "ES256", "current")], await ListAsync());
        Assert.StartsWith("Made ES256 key ", (await RunAsync("keys", "rotate", "--now")).Succeeded(), StringComparison.Ordinal);

        var keys = await ListAsync();
        Assert.Equal(["previous", "current"], keys.Select(k => k.State));
        pair = await RefreshUntilSignedByAsync(keys[1].Kid, pair);
        (await _client.VerifyAsync(pair.Access)).Is(200, "{}");
    }

    [Fact]
    public async Task Rotate_PublishesANextKeyOnce()
    {
        Assert.StartsWith("Made ES256 key ", (await RunAsync("keys", "rotate")).Succeeded(), StringComparison.Ordinal);
        Assert.Equal(["current", "next"], (await ListAsync()).Select(k => k.State));
        (await RunAsync("keys", "rotate")).Failed("A next key exists already; see `keys list`");
        Assert.Contains("next", (await RunAsync("keys", "list")).Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revoke_TellsTheGatewaysAndTheServiceSignsWithANewKey()
    {
        var pair = await _client.ObtainAsync();
        await using var feed = await FeedClient.OpenAsync(_app);
        await feed.NextAsync();
        Assert.Equal($"Revoked {Kid(pair)}\n", (await RunAsync("keys", "revoke", Kid(pair))).Succeeded());
        Assert.Equal([$"key:{Kid(pair)}"], (await feed.NextAsync()).Entries);
        (await RunAsync("keys", "revoke", Kid(pair))).Failed($"There is no key {Kid(pair)} to revoke");

        var keys = await ListAsync();
        Assert.Equal(["revoked", "current"], keys.Select(k => k.State));
        for (var fresh = pair; Kid(fresh) != keys[1].Kid; TestContext.Current.CancellationToken.ThrowIfCancellationRequested()) fresh = await _client.ObtainAsync();
        (await _client.RefreshAsync(pair.Refresh)).Is(401, Reply.TokenNotValid("Token is invalid"));
    }

    private static string Kid(Reply pair) => JsonElement.Parse(Jwt.Read(pair.Access).Header).GetProperty("kid").GetString()!;

    private async Task<Reply> RefreshUntilSignedByAsync(string kid, Reply pair)
    {
        using var patience = new CancellationTokenSource(Until.Patience);
        while (Kid(pair) != kid)
        {
            Assert.False(patience.IsCancellationRequested, "not signed by the new key in time");
            pair = (await _client.RefreshAsync(pair.Refresh)).Succeeded();
        }

        return pair;
    }

    private async Task<IReadOnlyList<(string Kid, string Algorithm, string State)>> ListAsync() =>
        [.. JsonElement.Parse((await RunAsync("keys", "list", "--json")).Succeeded()).EnumerateArray().Select(k =>
            (k.GetProperty("kid").GetString()!, k.GetProperty("algorithm").GetString()!, k.GetProperty("state").GetString()!))];

    private Task<CommandResult> RunAsync(params string[] arguments) => ServiceProcess.CommandAsync(_folder, "", arguments);
}
