using System.Net;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;

namespace FrontDoor.TokenService.Tests.Storage;

public sealed class PostgreSqlWriterTests(PostgreSqlServer server) : IAsyncLifetime
{
    // As many batches as are under way at once: they wait for the lock, and what comes after them waits together.
    private const int AtOnce = PostgreSqlWriter.MaxAtOnce;

    private const string CountSql = "UPDATE names SET count = count + 1 WHERE name = @name RETURNING name, count";
    private const string CountSetSql = "UPDATE names SET count = count + 1 FROM unnest($1) AS n(name) WHERE names.name = n.name RETURNING names.name, count";

    private readonly LogLines _logs = new();
    private ILoggerFactory _loggers = null!;
    private CuttableLine _line = null!;
    private NpgsqlDataSource _database = null!;
    private NpgsqlConnection _other = null!;
    private PostgreSqlWriter _writer = null!;
    private Task[] _held = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var direct = new NpgsqlConnectionStringBuilder(await server.NewDatabaseAsync());
        _other = new NpgsqlConnection(direct.ConnectionString + ";Pooling=false");
        await _other.OpenAsync(Cancelled);
        await ExecuteAsync("CREATE TABLE names (name text PRIMARY KEY CHECK (name <> 'bad'), count int NOT NULL DEFAULT 0)");
        _line = new CuttableLine(direct.Host!, direct.Port);
        (direct.Host, direct.Port) = (IPAddress.Loopback.ToString(), _line.Port);
        _database = NpgsqlDataSource.Create(direct.ConnectionString);
        _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(_logs));
        _writer = new PostgreSqlWriter(_database, TimeSpan.FromSeconds(30), _loggers.CreateLogger<PostgreSqlWriter>());
    }

    public async ValueTask DisposeAsync()
    {
        await _other.DisposeAsync();
        await _database.DisposeAsync();
        _line.Dispose();
        _loggers.Dispose();
    }

    [Fact]
    public async Task WritesThatComeInMeanwhile_AreCommittedTogether()
    {
        var writes = await HeldUpAsync(Enumerable.Range(0, 50).Select(i => $"n{i}"));
        await ExecuteAsync("COMMIT");
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"n{i}"), await Task.WhenAll(writes));
        await Task.WhenAll(_held);
        Assert.Equal(50L + AtOnce, await ScalarAsync("SELECT count(*) FROM names"));
        // Those that were held up one by one, then the rest, of which each that comes back may take a part.
        Assert.InRange(_logs.All.Count(line => line.Contains("Committed", StringComparison.Ordinal)), AtOnce + 1, 2 * AtOnce);
    }

    [Fact]
    public async Task StatementThatFails_FailsAlone()
    {
        var writes = await HeldUpAsync(["a", "bad", "c", "a"]);
        await ExecuteAsync("COMMIT");
        Assert.Equal(PostgresErrorCodes.CheckViolation, (await Assert.ThrowsAsync<PostgresException>(() => writes[1])).SqlState);
        Assert.Equal("c", await writes[2]);
        // Of two of one name the first or the second is there, never both and never none.
        await Assert.ThrowsAsync<PostgresException>(() => Task.WhenAll(writes[0], writes[3]));
        Assert.NotEqual(writes[0].IsCompletedSuccessfully, writes[3].IsCompletedSuccessfully);
        await Task.WhenAll(_held);
        Assert.Equal(2L + AtOnce, await ScalarAsync("SELECT count(*) FROM names"));
    }

    [Fact]
    public async Task RowThatIsNotThere_IsNull()
    {
        await InsertAsync("a");
        Assert.Equal(["a 1", null], await Task.WhenAll(CountAsync(_writer, "a"), CountAsync(_writer, "b")));
    }

    [Fact]
    public async Task LineThatIsCut_FailsThoseUnderWayAndWaiting_AndTheNextSucceedsWhenItIsMended()
    {
        var writes = await HeldUpAsync(["a", "b"]);
        _line.Cut();
        foreach (var write in writes) await Assert.ThrowsAnyAsync<NpgsqlException>(() => write);
        await ExecuteAsync("ROLLBACK");
        _line.Mend();
        Assert.Equal("d", await InsertAsync("d"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(CountSetSql)]
    public async Task TwoWritersOfTheSameRowsInOppositeOrder_NeverDeadlock(string? set)
    {
        var names = Enumerable.Range(0, 40).Select(i => $"n{i}").ToArray();
        await Task.WhenAll(names.Select(InsertAsync));
        var second = new PostgreSqlWriter(_database, TimeSpan.FromSeconds(30), _loggers.CreateLogger<PostgreSqlWriter>());
        for (var round = 0; round < 10; round++)
            await Task.WhenAll([.. names.Select(name => CountAsync(_writer, name, set)), .. names.Reverse().Select(name => CountAsync(second, name, set))]);
        Assert.Equal(40L * 20, await ScalarAsync("SELECT sum(count) FROM names"));
        Assert.Equal(0L, await ScalarAsync("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"));
    }

    [Fact]
    public async Task Set_GivesEachItsOwnRow_AndNullToThoseWithout()
    {
        await Task.WhenAll(InsertAsync("a"), InsertAsync("b"), InsertAsync("c"));
        await CountAsync(_writer, "b");
        var counts = await SetAsync("c", "none", "b", "a");
        Assert.Equal(["c 1", null, "b 2", "a 1"], counts);
    }

    [Fact]
    public async Task SetWithOneRowSeveralTimes_IsAsIfTheyCameOneAfterTheOther()
    {
        await Task.WhenAll(InsertAsync("a"), InsertAsync("b"));
        var counts = await SetAsync("a", "b", "a", "a");
        Assert.Equal(["a 1", "a 2", "a 3", "b 1"], counts.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task RowOfASetThatFails_FailsAlone()
    {
        await Task.WhenAll(InsertAsync("a"), InsertAsync("b"), InsertAsync("c"));
        await ExecuteAsync("ALTER TABLE names ADD CHECK (name <> 'b' OR count = 0)");
        var writes = await HeldUpAsync(["a", "b", "c"], name => CountAsync(_writer, name, CountSetSql));
        await ExecuteAsync("COMMIT");
        Assert.Equal("a 1", await writes[0]);
        Assert.Equal(PostgresErrorCodes.CheckViolation, (await Assert.ThrowsAsync<PostgresException>(() => writes[1])).SqlState);
        Assert.Equal("c 1", await writes[2]);
        await Task.WhenAll(_held);
    }

    [Fact]
    public async Task LockedRow_HoldsUpThoseThatCameWithItAlone()
    {
        await Task.WhenAll(InsertAsync("a"), InsertAsync("b"));
        await ExecuteAsync("BEGIN; UPDATE names SET count = 7 WHERE name = 'a'");
        var held = CountAsync(_writer, "a");
        Assert.Equal("b 1", await CountAsync(_writer, "b"));
        Assert.False(held.IsCompleted);
        await ExecuteAsync("COMMIT");
        Assert.Equal("a 8", await held);
    }

    [Fact]
    public async Task MoreThanMayWait_AreRefused_AndTheRestIsWritten()
    {
        var writes = await HeldUpAsync(Enumerable.Range(0, PostgreSqlWriter.MaxWaiting).Select(i => $"n{i}"));
        await Assert.ThrowsAsync<WriterBusyException>(() => InsertAsync("one more"));
        await ExecuteAsync("COMMIT");
        await Task.WhenAll(writes);
        await Task.WhenAll(_held);
        Assert.Equal((long)PostgreSqlWriter.MaxWaiting + AtOnce, await ScalarAsync("SELECT count(*) FROM names"));
    }

    /// <summary>As one batch.</summary>
    private async Task<string?[]> SetAsync(params string[] names)
    {
        var writes = await HeldUpAsync(names, name => CountAsync(_writer, name, CountSetSql));
        await ExecuteAsync("COMMIT");
        await Task.WhenAll(_held);
        return await Task.WhenAll(writes);
    }

    private Task<Task<string?>[]> HeldUpAsync(IEnumerable<string> names) => HeldUpAsync(names, InsertAsync);

    /// <summary>Keeps the table locked, has the writer wait for it as often as it does at once, and gives it these beside.</summary>
    private async Task<Task<string?>[]> HeldUpAsync(IEnumerable<string> names, Func<string, Task<string?>> writeAsync)
    {
        await ExecuteAsync("BEGIN; LOCK TABLE names");
        _held = [];
        for (var i = 1; i <= AtOnce; i++)
        {
            _held = [.. _held, InsertAsync($"held {i}")];
            var waiting = i;
            await Until.TrueAsync(() => Waiting() == waiting, $"{waiting} batches wait for the lock");
        }

        return [.. names.Select(writeAsync)];
    }

    private long Waiting()
    {
        using var command = new NpgsqlCommand("SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())", _other);
        return (long)command.ExecuteScalar()!;
    }

    private Task<string?> InsertAsync(string name) =>
        _writer.WriteAsync(new Statement<string>("INSERT INTO names (name) VALUES (@name) RETURNING name", row => row.GetString(0), ("@name", name)));

    private static Task<string?> CountAsync(PostgreSqlWriter writer, string name, string? set = null) =>
        writer.WriteAsync(new Statement<string>(CountSql, row => $"{row.GetString(0)} {row.GetInt32(1)}", ("@name", name)) { SetSql = set });

    private async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _other);
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _other);
        return await command.ExecuteScalarAsync(Cancelled);
    }
}
