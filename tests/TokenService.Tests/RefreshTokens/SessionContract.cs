using FrontDoor.TokenService.Tests.Storage;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

public sealed class SqliteSessionTests(SqliteStore store) : SessionContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlSessionTests(PostgreSqlStore store) : SessionContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>The life of a session, the same on every database.</summary>
public abstract class SessionContract(TestStore store) : IAsyncLifetime
{
    private static readonly string Blacklisted = Reply.TokenNotValid("Token is blacklisted");

    private TokenClient Client => store.Client;

    public async ValueTask InitializeAsync() => await store.StartAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Rotation_ReplacesBothTokensAndKeepsTheSession()
    {
        var first = await Client.ObtainAsync();
        store.Clock.Advance(TimeSpan.FromSeconds(2));
        var second = await Client.RefreshAsync(first.Refresh);

        Assert.StartsWith("{\"access\":\"", second.Body, StringComparison.Ordinal);
        Assert.Contains("\",\"refresh\":\"", second.Body, StringComparison.Ordinal);
        Assert.Equal(Jwt.Claim(first.Refresh, "sid"), Jwt.Claim(second.Refresh, "sid"));
        Assert.Equal(Jwt.Claim(first.Refresh, "sid"), Jwt.Claim(second.Access, "sid"));
        Assert.NotEqual(Jwt.Claim(first.Refresh, "jti"), Jwt.Claim(second.Refresh, "jti"));
        Assert.NotEqual(Jwt.Claim(first.Access, "jti"), Jwt.Claim(second.Access, "jti"));
        Assert.Equal(Jwt.Read(first.Access).Time("iat") + 2, Jwt.Read(second.Access).Time("iat"));
    }

    [Fact]
    public async Task PreviousTokenWithinGrace_GetsTheSameSuccessor()
    {
        var first = await Client.ObtainAsync();
        store.Clock.Advance(TimeSpan.FromSeconds(1));
        var winner = await Client.RefreshAsync(first.Refresh);
        store.Clock.Advance(TimeSpan.FromSeconds(10)); // the grace interval, to its last millisecond
        var late = await Client.RefreshAsync(first.Refresh);

        Assert.Equal(Jwt.Read(winner.Refresh).Payload, Jwt.Read(late.Refresh).Payload);
        Assert.Equal(Jwt.Read(winner.Access).Payload, Jwt.Read(late.Access).Payload);
        (await Client.RefreshAsync(late.Refresh)).Succeeded();
    }

    [Fact]
    public async Task PreviousTokenAfterGrace_EndsTheWholeSession()
    {
        var first = await Client.ObtainAsync();
        var otherDevice = await Client.ObtainAsync();
        var newest = await Client.RefreshAsync(first.Refresh);
        store.Clock.Advance(TimeSpan.FromMilliseconds(10_001));

        (await Client.RefreshAsync(first.Refresh)).Is(401, Blacklisted);
        (await Client.RefreshAsync(newest.Refresh)).Is(401, Blacklisted);
        (await Client.VerifyAsync(newest.Access)).Is(400, """{"non_field_errors":["Token is blacklisted"]}""");
        (await Client.RefreshAsync(otherDevice.Refresh)).Succeeded();
    }

    [Fact]
    public async Task TokenTwoStepsBack_EndsTheSessionEvenWithinGrace()
    {
        var first = await Client.ObtainAsync();
        var second = await Client.RefreshAsync(first.Refresh);
        var third = await Client.RefreshAsync(second.Refresh);

        (await Client.RefreshAsync(first.Refresh)).Is(401, Blacklisted);
        (await Client.RefreshAsync(third.Refresh)).Is(401, Blacklisted);
    }

    [Fact]
    public async Task FiftyParallelRefreshes_MakeOneSuccessor()
    {
        var first = await Client.ObtainAsync();
        var answers = await Client.RefreshManyAsync(first.Refresh, 50);

        AssertAllSucceeded(answers);
        Assert.Single(answers.Select(answer => Jwt.Read(answer.Refresh).Payload).Distinct());
        Assert.Single(answers.Select(answer => Jwt.Read(answer.Access).Payload).Distinct());
        (await Client.RefreshAsync(answers[7].Refresh)).Succeeded();
    }

    [Fact]
    public async Task ChainOfParallelRefreshes_NeverBranches()
    {
        var current = (await Client.ObtainAsync()).Refresh;
        for (var round = 0; round < 5; round++)
        {
            var answers = await Client.RefreshManyAsync(current, 8);
            AssertAllSucceeded(answers);
            current = Assert.Single(answers.DistinctBy(a => Jwt.Claim(a.Refresh, "jti"))).Refresh;
        }

        Assert.Equal("5", Jwt.Claim(current, "ctr"));
    }

    [Fact]
    public async Task Blacklisted_IsDeadForRefreshVerifyAndBlacklist()
    {
        var pair = await Client.ObtainAsync();
        (await Client.BlacklistAsync(pair.Refresh)).Is(200, "{}");

        (await Client.BlacklistAsync(pair.Refresh)).Is(401, Blacklisted);
        (await Client.RefreshAsync(pair.Refresh)).Is(401, Blacklisted);
        (await Client.VerifyAsync(pair.Refresh)).Is(400, """{"non_field_errors":["Token is blacklisted"]}""");
        (await Client.VerifyAsync(pair.Access)).Is(400, """{"non_field_errors":["Token is blacklisted"]}""");
    }

    [Fact]
    public async Task Restart_KeepsUsersSessionsAndKeys()
    {
        var before = await Client.ObtainAsync();
        var ended = await Client.ObtainAsync();
        await Client.BlacklistAsync(ended.Refresh);
        var published = (await Client.GetAsync("/.well-known/jwks.json")).Body;

        await store.RestartAsync();

        Assert.Equal(published, (await Client.GetAsync("/.well-known/jwks.json")).Body);
        (await Client.VerifyAsync(before.Access)).Is(200, "{}");
        (await Client.RefreshAsync(ended.Refresh)).Is(401, Blacklisted);
        var after = (await Client.RefreshAsync(before.Refresh)).Succeeded();
        Assert.Equal(Jwt.Claim(before.Refresh, "sid"), Jwt.Claim(after.Refresh, "sid"));
        store.Clock.Advance(TimeSpan.FromSeconds(11));
        (await Client.RefreshAsync(before.Refresh)).Is(401, Blacklisted);
        (await Client.ObtainAsync()).Succeeded();
    }

    private void AssertAllSucceeded(IEnumerable<Reply> answers) => Assert.True(
        answers.All(answer => answer.Status == 200), string.Join('\n', store.App.Logs.All.Where(line => line.StartsWith("Error ", StringComparison.Ordinal))));
}
