using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Revocations;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

public sealed class SqliteManySessionsTests(SqliteStore store) : ManySessionsContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlManySessionsTests(PostgreSqlStore store) : ManySessionsContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>The end of many sessions at once, the same on every database. What it costs: <see cref="RefreshCostTests"/> and <see cref="PostgreSqlCostTests"/>.</summary>
public abstract class ManySessionsContract(TestStore store) : IAsyncLifetime
{
    private TokenClient Client => store.Client;

    public async ValueTask InitializeAsync()
    {
        store.Services = new FastHasher().Replace;
        await store.StartAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task AThousandSessions_EndTogetherAndEachIsRevokedAndRecordedOnce()
    {
        var name = await store.App.AddUserAsync();
        var id = await store.App.IdAsync(name);
        var mine = await Client.ObtainAsync(name);
        var bystander = await Client.ObtainAsync();
        var sids = await store.App.AddSessionsAsync(id, 1000);
        await using var feed = await FeedClient.OpenAsync(store.App);
        await feed.NextAsync();

        (await Client.SendAsync(HttpMethod.Delete, "/api/sessions?others=true", mine.Access)).Is(200, """{"ended":1000}""");
        Assert.Equal(sids.Select(s => $"session:{s}").Order(), (await feed.NextAsync()).Entries.Order());
        var rows = await store.App.AuditAsync(e => e.Event == "session.ended" && e.Actor == id);
        Assert.Equal(sids.Order(), rows.Select(r => r.Subject!).Order());
        Assert.All(rows, row => Assert.Equal(("success", "SignedOut", "127.0.0.1"), (row.Outcome, row.Detail, row.Address)));
        (await Client.RefreshAsync(mine.Refresh)).Succeeded();
        (await Client.RefreshAsync(bystander.Refresh)).Succeeded();
    }

    [Fact]
    public async Task RefreshesBesideTheEndOfAllSessions_LeaveNoSurvivor()
    {
        var name = await store.App.AddUserAsync();
        var pairs = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Client.ObtainAsync(name)));
        var ending = pairs.Take(3).Select(pair => Client.SendAsync(HttpMethod.Delete, "/api/sessions", pair.Access));
        var refreshing = pairs.Skip(3).Select(pair => Client.RefreshAsync(pair.Refresh));
        var answers = await Task.WhenAll([.. refreshing, .. ending]);

        Assert.All(answers, answer => Assert.True(answer.Status is 200 or 401, answer.ToString()));
        Assert.Equal(12, answers.Where(a => a.Body.Contains("ended", StringComparison.Ordinal)).Sum(a => JsonElement.Parse(a.Body).GetProperty("ended").GetInt32()));
        foreach (var answer in answers.Where(a => a.Body.Contains("refresh", StringComparison.Ordinal)).Concat(pairs))
        {
            (await Client.VerifyAsync(answer.Access)).Is(400, """{"non_field_errors":["Token is blacklisted"]}""");
            (await Client.RefreshAsync(answer.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        }
    }
}

internal static class ManySessions
{
    /// <summary>Makes living sessions that nobody holds a token of.</summary>
    /// <returns>Their ids.</returns>
    public static Task<IReadOnlyList<string>> AddSessionsAsync(this TokenServiceApp app, string userId, int count) => app.QueryAsync<IReadOnlyList<string>>(async db =>
    {
        var like = await db.Sessions.AsNoTracking().FirstAsync(s => s.UserId == userId);
        Session[] rows = [.. Enumerable.Range(0, count).Select(_ => new Session
        {
            Id = SessionStore.NewId(),
            UserId = userId,
            RefreshJti = SessionStore.NewId(),
            CreatedAt = like.CreatedAt,
            RotatedAt = like.RotatedAt,
            ExpiresAt = like.ExpiresAt,
            AbsoluteExpiresAt = like.AbsoluteExpiresAt,
        })];
        db.Sessions.AddRange(rows);
        await db.SaveChangesAsync();
        return [.. rows.Select(r => r.Id)];
    });
}
