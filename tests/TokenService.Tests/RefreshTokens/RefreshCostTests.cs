using System.Text.Json;
using FrontDoor.TokenService.Storage;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

/// <summary>What a refresh costs the database: the budget of the design rests on it.</summary>
public sealed class RefreshCostTests(RefreshCostTests.LoudApp service) : IClassFixture<RefreshCostTests.LoudApp>
{
    // What the statements are PostgreSQL's own log tells: PostgreSqlCostTests.
    [Fact]
    public async Task Refresh_IsOneStatementOfTheWriterAndReadsNothing()
    {
        var pair = await service.Client.ObtainAsync();
        Assert.EndsWith("Committed 1 statement(s) together ", Assert.Single(await CommandsOfAsync(() => service.Client.RefreshAsync(pair.Refresh))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RepeatWithinGrace_WritesNothing()
    {
        var pair = await service.Client.ObtainAsync();
        await service.Client.RefreshAsync(pair.Refresh);
        var before = await RowsAsync();
        await service.Client.RefreshAsync(pair.Refresh);
        Assert.Equal(before, await RowsAsync());
    }

    [Fact]
    public async Task Verify_IsOneStatementThatReads()
    {
        var pair = await service.Client.ObtainAsync();
        Assert.EndsWith("Read by one statement ", Assert.Single(await CommandsOfAsync(() => service.Client.VerifyAsync(pair.Access))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Junk_CostsNoStatement() => Assert.Empty(await CommandsOfAsync(() => service.Client.RefreshAsync("junk")));

    [Fact]
    public async Task TwentyRefreshes_AddNoRow()
    {
        var pair = await service.Client.ObtainAsync();
        var (rows, _) = await RowsAsync();
        for (var i = 0; i < 20; i++) pair = await service.Client.RefreshAsync(pair.Refresh);
        Assert.Equal(rows, (await RowsAsync()).Count);
    }

    // The one UPDATE is not EF Core's, and so not in its log.
    [Fact]
    public async Task EndOfAThousandSessions_IsTwoInsertions()
    {
        var pair = await service.Client.ObtainAsync();
        var id = Jwt.Claim(pair.Access, "sub")!;
        await service.App.AddSessionsAsync(id, 1000);
        var before = service.App.Logs.All.Count;
        var ended = JsonElement.Parse((await service.Client.SendAsync(HttpMethod.Delete, "/api/sessions", pair.Access)).Succeeded().Body).GetProperty("ended").GetInt32();
        Assert.True(ended > 1000, $"{ended} ended");
        var writes = service.App.Logs.All.Skip(before).Where(l => l.Contains("Executed DbCommand", StringComparison.Ordinal) && l.Contains("INSERT INTO", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, writes.Length);
        Assert.Equal(ended, await service.App.QueryAsync(db => db.Revocations.CountAsync(r => db.Sessions.Any(s => s.Id == r.Subject && s.UserId == id && s.EndReason == "SignedOut"))));
    }

    [Fact]
    public async Task NoTokenText_IsInTheDatabase()
    {
        var first = await service.Client.ObtainAsync();
        var second = await service.Client.RefreshAsync(first.Refresh);
        await service.App.QueryAsync(db => db.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)"));
        var file = await service.App.QueryAsync(db => Task.FromResult(db.Database.GetDbConnection().DataSource));
        var bytes = System.Text.Encoding.Latin1.GetString(await ReadSharedAsync(file));
        foreach (var token in new[] { first.Access, first.Refresh, second.Access, second.Refresh })
            Assert.All(token.Split('.'), part => Assert.DoesNotContain(part, bytes, StringComparison.Ordinal));
    }

    private static async Task<byte[]> ReadSharedAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);
        return copy.ToArray();
    }

    private async Task<IReadOnlyList<string>> CommandsOfAsync(Func<Task<Reply>> act)
    {
        var before = service.App.Logs.All.Count;
        await act();
        return [.. service.App.Logs.All.Skip(before).Where(l =>
            (l.Contains("Executed DbCommand", StringComparison.Ordinal) || l.Contains(nameof(SqliteWriter), StringComparison.Ordinal) || l.Contains(nameof(SqliteStatements), StringComparison.Ordinal))
            // What the service looks for by itself, now and then.
            && !l.Contains("\"Revocations\"", StringComparison.Ordinal) && !l.Contains("\"SigningKeys\"", StringComparison.Ordinal))];
    }

    private Task<(int Count, string State)> RowsAsync() => service.App.QueryAsync(async db =>
    {
        var sessions = await db.Sessions.AsNoTracking().OrderBy(s => s.Id).Select(s => $"{s.Id}/{s.Counter}/{s.RefreshJti}/{s.EndedAt}").ToListAsync();
        return (sessions.Count + await db.Audit.CountAsync() + await db.UserTokens.CountAsync() + await db.UserClaims.CountAsync() + await db.SigningKeys.CountAsync(), string.Join(' ', sessions));
    });

    /// <summary>An app that logs EF Core's statements, the writer's transactions and reads past EF Core, and whose tokens have claims from all over the user.</summary>
    public sealed class LoudApp() : AppFixture(new Dictionary<string, string?>
    {
        ["Logging:LogLevel:Microsoft.EntityFrameworkCore.Database.Command"] = "Information",
        [$"Logging:LogLevel:{typeof(SqliteWriter).FullName}"] = "Debug",
        [$"Logging:LogLevel:{typeof(SqliteStatements).FullName}"] = "Debug",
        ["AccessTokens:Claims:email"] = "Email",
        ["AccessTokens:Claims:department"] = "claim:department",
    });
}
