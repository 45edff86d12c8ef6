using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Audit;
using Xunit;

namespace FrontDoor.TokenService.Tests.Commands;

public sealed class AuditCommandsTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TokenServiceApp _app;
    private readonly TokenClient _client;

    public AuditCommandsTests()
    {
        _app = TokenServiceApp.Start(folder: _folder);
        _client = new TokenClient(_app.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task List_IsATableNewestFirst()
    {
        await _client.ObtainAsync("alice", "wrong");
        await RunAsync("users", "disable", "alice");
        var lines = (await RunAsync("audit", "list", "--subject", await _app.IdAsync("alice"))).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches("^time +event +outcome +actor +subject +address +detail$", lines[0]);
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  user\.disabled +success  command  [0-9a-f]{32}$", lines[1]);
        Assert.Matches(@"login\.failed +failure +[0-9a-f]{32}  127\.0\.0\.1  WrongPassword$", lines[2]);
        Assert.Matches(@"user\.added +success  service  [0-9a-f]{32}$", lines[3]);
        Assert.Equal(4, lines.Length);
    }

    [Fact]
    public async Task List_IsFilteredAndLimited()
    {
        for (var i = 0; i < 3; i++) await _client.ObtainAsync();
        var alice = await _app.IdAsync("alice");
        Assert.Equal([("session.started", alice), ("session.started", alice)], await ListAsync("--event", "session.started", "--limit", "2"));
        Assert.Equal(3, (await ListAsync("--actor", alice)).Count);
        Assert.Empty(await ListAsync("--until", "2020-01-01"));
        Assert.Empty(await ListAsync("--since", "2999-12-31T23:59:59+02:00"));
        Assert.Equal(3, (await ListAsync("--since", "2020-01-01T00:00:00Z", "--until", "2999-12-31", "--actor", alice)).Count);
    }

    [Fact]
    public async Task WhatCannotBeMeant_IsRefused()
    {
        (await RunAsync("audit", "list", "--event", "session.strated")).Failed(
            $"There is no event 'session.strated'; there are {string.Join(", ", FrontDoor.TokenService.Audit.AuditEvents.All)}");
        (await RunAsync("audit", "list", "--limit", "0")).Failed("--limit is 0; it must be from 1 to 1000");
        var time = await RunAsync("audit", "list", "--since", "yesterday");
        Assert.NotEqual(0, time.ExitCode);
        Assert.Contains("--since is 'yesterday'; a time is written like 2030-01-31 or 2030-01-31T12:00:00Z", time.Errors);
    }

    private async Task<IReadOnlyList<(string Event, string Actor)>> ListAsync(params string[] options) =>
        [.. JsonElement.Parse((await RunAsync(["audit", "list", "--json", .. options])).Succeeded()).EnumerateArray()
            .Select(row => (row.GetProperty("event").GetString()!, row.GetProperty("actor").GetString()!))];

    private Task<CommandResult> RunAsync(params string[] arguments) => ServiceProcess.CommandAsync(_folder, "", arguments);
}
