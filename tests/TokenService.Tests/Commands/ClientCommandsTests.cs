using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Clients;
using FrontDoor.TokenService.Tests.Revocations;
using Xunit;

namespace FrontDoor.TokenService.Tests.Commands;

/// <summary>Commands as processes of their own, on the database of a service that runs.</summary>
public sealed class ClientCommandsTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TokenServiceApp _app;
    private readonly TokenClient _client;

    public ClientCommandsTests()
    {
        _app = TokenServiceApp.Start(new Dictionary<string, string?> { ["Revocations:FeedKeyFile"] = _folder.Write("feed-key", FeedClient.Key) }, _folder);
        _client = new TokenClient(_app.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task AddedClient_GetsTokensWithTheSecretThatWasShownOnce()
    {
        var output = (await RunAsync("clients", "add", "billing", "--name", "Billing runs", "--scope", "orders:read", "--scope", "orders:write", "--audience", "shop")).Succeeded();
        Assert.Matches("^Added client billing. Its secret, shown this once:\nfrontdoor_secret_[A-Za-z0-9_-]{43}\n$", output);
        Assert.Equal(200, (await TokenAsync("billing", output.Split('\n')[1])).Status);

        var list = (await RunAsync("clients", "list")).Succeeded();
        Assert.Matches(@"^client   name          scopes                    audience  secret changed\nbilling  Billing runs  orders:read orders:write  shop      \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ\n$", list);
        var json = (await RunAsync("clients", "list", "--json")).Succeeded();
        Assert.DoesNotContain("frontdoor_secret_", json, StringComparison.Ordinal);
        Assert.DoesNotContain("hash", json, StringComparison.OrdinalIgnoreCase);
        var view = Assert.Single(JsonElement.Parse(json).EnumerateArray());
        Assert.Equal(["orders:read", "orders:write"], view.GetProperty("scopes").EnumerateArray().Select(s => s.GetString()));
    }

    [Fact]
    public async Task RotatedAndRemovedClient_AsJson()
    {
        var added = JsonElement.Parse((await RunAsync("clients", "add", "billing", "--json")).Succeeded());
        var first = added.GetProperty("secret").GetString()!;
        var rotated = JsonElement.Parse((await RunAsync("clients", "rotate-secret", "billing", "--json")).Succeeded());
        var second = rotated.GetProperty("secret").GetString()!;
        Assert.Equal((200, 200), ((await TokenAsync("billing", first)).Status, (await TokenAsync("billing", second)).Status));

        var third = (await RunAsync("clients", "rotate-secret", "billing", "--now")).Succeeded().Split('\n');
        Assert.Equal(("New secret of client billing, shown this once:", "The previous one is refused from now on"), (third[0], third[2]));
        Assert.Equal((401, 200), ((await TokenAsync("billing", second)).Status, (await TokenAsync("billing", third[1])).Status));

        await using var feed = await FeedClient.OpenAsync(_app);
        await feed.NextAsync();
        Assert.Equal("Removed client billing\n", (await RunAsync("clients", "remove", "billing")).Succeeded());
        Assert.StartsWith("client:", Assert.Single((await feed.NextAsync()).Entries), StringComparison.Ordinal);
        Assert.Equal(401, (await TokenAsync("billing", third[1])).Status);
        Assert.Equal(
            ["client.added command", "client.secret-rotated command", "client.secret-rotated command", "client.authentication-failed ", "client.removed command"],
            (await _app.AuditAsync(e => e.Subject == "billing")).Select(e => $"{e.Event} {e.Actor}"));
    }

    [Fact]
    public async Task WhatCannotBeDone_IsOneLine()
    {
        (await RunAsync("clients", "add", "billing")).Succeeded();
        (await RunAsync("clients", "add", "billing")).Failed("The id 'billing' is taken");
        (await RunAsync("clients", "add", "42")).Failed("'42' cannot be a client's id; that is 1 to 64 visible ASCII characters, neither a number nor a UUID");
        (await RunAsync("clients", "add", "x", "--scope", "a b")).Failed("'a b' is no scope; a scope is visible ASCII without space, quote or backslash");
        (await RunAsync("clients", "remove", "nobody")).Failed("There is no client 'nobody'");
        (await RunAsync("clients", "rotate-secret", "nobody")).Failed("There is no client 'nobody'");
    }

    private Task<Reply> TokenAsync(string id, string secret) =>
        _client.PostAsync("/oauth/token", OAuthClient.Form(("grant_type", "client_credentials")), OAuthClient.Basic($"{id}:{secret}"));

    private Task<CommandResult> RunAsync(params string[] arguments) => ServiceProcess.CommandAsync(_folder, "", arguments);
}
