using System.Net;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.EndToEnd.Tests;

/// <summary>Token service and gateway with one clock that stands still: nothing expires, nobody polls, and what the gateway learns was pushed to it.</summary>
public sealed class PushedSignOutTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly TestClock _clock = new();
    private TestServer _backend = null!;
    private TokenServiceApp _tokens = null!;
    private GatewayApp _gateway = null!;
    private Api _service = null!;
    private Api _front = null!;

    public async ValueTask InitializeAsync()
    {
        var key = _folder.Write("feed-key", "a secret that only the test knows");
        _backend = await TestServer.StartAsync();
        _tokens = TokenServiceApp.Start(new Dictionary<string, string?> { ["Revocations:FeedKeyFile"] = key }, time: _clock);
        _gateway = await GatewayApp.StartAsync(("http://localhost:8080", _tokens.Address), _backend.Address, new Dictionary<string, string?>
        {
            ["Issuers:token-service:Revocations:FeedAddress"] = new Uri(_tokens.Address, "/revocations/feed").AbsoluteUri,
            ["Issuers:token-service:Revocations:KeyFile"] = key,
        }, _clock);
        (_service, _front) = (new Api(_tokens.Address), new Api(_gateway.Address));
    }

    public async ValueTask DisposeAsync()
    {
        _service?.Dispose();
        _front?.Dispose();
        if (_gateway is not null) await _gateway.DisposeAsync();
        if (_tokens is not null) await _tokens.DisposeAsync();
        if (_backend is not null) await _backend.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task SignedOut_TheGatewayRefusesAlthoughNoTimePasses()
    {
        var bystander = await _service.SignInAsync("alice", TokenServiceApp.Password);
        // The first may have come with the snapshot; after that the feed is open.
        for (var round = 0; round < 3; round++)
        {
            var pair = await _service.SignInAsync("alice", TokenServiceApp.Password);
            await Until.TrueAsync(async () => await StatusAsync(pair) == HttpStatusCode.OK, "the gateway has the keys");
            using (var signedOut = await _service.BlacklistAsync(pair.Refresh)) Assert.Equal(HttpStatusCode.OK, signedOut.StatusCode);
            await Until.TrueAsync(async () => await StatusAsync(pair) == HttpStatusCode.Unauthorized, "the gateway refuses it");
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(bystander));
    }

    private async Task<HttpStatusCode> StatusAsync(Pair pair)
    {
        using var answer = await _front.GetAsync("/api/profile/", pair.Access);
        return answer.StatusCode;
    }
}
