using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Users;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace FrontDoor.TokenService.Tests.Storage;

/// <summary>PostgreSQL crashes and comes back while it is worked with; the service stays up.</summary>
public sealed class RestartedDatabaseTests : IAsyncLifetime
{
    private const int Chains = 12;

    // Of its own: others must not meet the crash.
    private readonly PostgreSqlServer _server = new();
    private readonly ConcurrentBag<string> _signedOut = [];
    private CuttableLine _line = null!;
    private TokenServiceApp _app = null!;
    private TokenClient _client = null!;
    private int _refreshed;
    private int _unavailable;
    private volatile bool _down;
    private volatile bool _over;

    public async ValueTask InitializeAsync()
    {
        var database = new NpgsqlConnectionStringBuilder(await _server.NewDatabaseAsync());
        // Docker gives it another port each time.
        _line = new CuttableLine(database.Host!, database.Port);
        (database.Host, database.Port) = (IPAddress.Loopback.ToString(), _line.Port);
        // The service's own patience: who is asked while the container is away may not answer at all.
        database.Timeout = 2;
        _app = TokenServiceApp.Start(new Dictionary<string, string?>
        {
            ["Storage:Provider"] = "PostgreSql",
            ["Storage:ConnectionString"] = database.ConnectionString,
            // A slow machine may take longer than the default to have the database back.
            ["RefreshTokens:Grace"] = "00:01:00",
        }, services: new FastHasher().Replace);
        _client = new TokenClient(_app.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        _line?.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task CrashUnderLoad_Is503ForAWhile_AndWhateverWasAnsweredHolds()
    {
        var chains = Enumerable.Range(0, Chains).Select(_ => Task.Run(RefreshAsync)).ToArray();
        var signOuts = Enumerable.Range(0, 2).Select(_ => Task.Run(SignOutAsync)).ToArray();
        Task[] all = [.. chains, .. signOuts];
        await UntilAsync(() => Volatile.Read(ref _refreshed) > 100 && _signedOut.Count > 4, "the load before the crash");

        _down = true;
        await _server.CrashAsync();
        await UntilAsync(() => Volatile.Read(ref _unavailable) > Chains, "answers while it is down");
        _line.LeadTo(await _server.StartAgainAsync());
        _down = false;

        var (refreshed, signedOut) = (Volatile.Read(ref _refreshed), _signedOut.Count);
        await UntilAsync(() => Volatile.Read(ref _refreshed) > refreshed + 100 && _signedOut.Count > signedOut + 4, "the load after the crash");
        _over = true;
        await Task.WhenAll(signOuts);
        foreach (var token in await Task.WhenAll(chains)) (await _client.RefreshAsync(token)).Succeeded();
        foreach (var token in _signedOut) (await _client.RefreshAsync(token)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        await AssertNothingIsHalfMadeAsync();

        Task UntilAsync(Func<bool> condition, string what) => Until.TrueAsync(() => condition() || all.Any(t => t.IsFaulted), what);
    }

    /// <summary>Refreshes one session over and over; a token whose answer was lost is sent again.</summary>
    /// <returns>The last token that was answered.</returns>
    private async Task<string> RefreshAsync()
    {
        var token = (await InsistAsync(() => _client.ObtainAsync())).Refresh;
        for (var counter = 1; !_over; counter++)
        {
            token = (await InsistAsync(() => _client.RefreshAsync(token))).Refresh;
            Assert.Equal(counter.ToString(CultureInfo.InvariantCulture), Jwt.Claim(token, "ctr"));
            Interlocked.Increment(ref _refreshed);
        }

        return token;
    }

    private async Task SignOutAsync()
    {
        while (!_over)
        {
            var token = (await InsistAsync(() => _client.ObtainAsync())).Refresh;
            var answer = await _client.BlacklistAsync(token);
            if (answer.Status == 200) _signedOut.Add(token);
            else AssertUnavailable(answer);
        }
    }

    private async Task<Reply> InsistAsync(Func<Task<Reply>> ask)
    {
        while (true)
        {
            var answer = await ask();
            if (answer.Status == 200) return answer;
            AssertUnavailable(answer);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private void AssertUnavailable(Reply answer)
    {
        Assert.True(answer.Status == 503, $"{answer}\n{string.Join('\n', _app.Logs.All.Where(line => line.StartsWith("Error ", StringComparison.Ordinal)).TakeLast(20))}");
        answer.Is(503, """{"detail":"The service is temporarily unavailable. Try again shortly."}""");
        Assert.Equal(("2", "no-store"), (answer.Header("Retry-After"), answer.Header("Cache-Control")));
        // Requests that were under way, or a pooled connection that had not heard of the crash, may see it a little later.
        if (_down) Interlocked.Increment(ref _unavailable);
    }

    /// <summary>A session and its audit row, its end and the revocation: both or neither.</summary>
    private async Task AssertNothingIsHalfMadeAsync()
    {
        var (sessions, started, ended, revoked) = await _app.QueryAsync(async db => (
            await db.Sessions.AsNoTracking().ToListAsync(),
            await db.Audit.Where(e => e.Event == "session.started").Select(e => e.Subject!).ToListAsync(),
            await db.Audit.Where(e => e.Event == "session.ended").Select(e => e.Subject!).ToListAsync(),
            await db.Revocations.Select(r => r.Subject).ToListAsync()));
        Assert.Equal(sessions.Select(s => s.Id).Order(), started.Order());
        Assert.Equal(sessions.Where(s => s.EndedAt is not null).Select(s => s.Id).Order(), ended.Order());
        Assert.Equal(ended.Order(), revoked.Order());
        Assert.True(ended.Count >= _signedOut.Count);
    }
}
