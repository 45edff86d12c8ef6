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
    private const int AtOnce = 4;

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
        _writer = new PostgreSqlWriter(_database, _loggers.CreateLogger<PostgreSqlWriter>());
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
        Assert.Equal(["a", null], await Task.WhenAll(CountAsync(_writer, "a"), CountAsync(_writer, "b")));
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

    [Fact]
    public async Task TwoWritersOfTheSameRowsInOppositeOrder_NeverDeadlock()
    {
        var names = Enumerable.Range(0, 40).Select(i => $"n{i}").ToArray();
        await Task.WhenAll(names.Select(InsertAsync));
        var second = new PostgreSqlWriter(_database, _loggers.CreateLogger<PostgreSqlWriter>());
        for (var round = 0; round < 10; round++)
            await Task.WhenAll([.. names.Select(name => CountAsync(_writer, name)), .. names.Reverse().Select(name => CountAsync(second, name))]);
        Assert.Equal(40L * 20, await ScalarAsync("SELECT sum(count) FROM names"));
        Assert.Equal(0L, await ScalarAsync("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"));
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

    /// <summary>Keeps the table locked, has the writer wait for it as often as it does at once, and gives it these beside.</summary>
    private async Task<Task<string?>[]> HeldUpAsync(IEnumerable<string> names)
    {
        await ExecuteAsync("BEGIN; LOCK TABLE names");
        _held = [.. Enumerable.Range(0, AtOnce).Select(i => InsertAsync($"held {i}"))];
        return [.. names.Select(InsertAsync)];
    }

    private Task<string?> InsertAsync(string name) =>
        _writer.WriteAsync(new Statement<string>("INSERT INTO names (name) VALUES (@name) RETURNING name", row => row.GetString(0), ("@name", name)));

    private static Task<string?> CountAsync(PostgreSqlWriter writer, string name) =>
        writer.WriteAsync(new Statement<string>("UPDATE names SET count = count + 1 WHERE name = @name RETURNING name", row => row.GetString(0), ("@name", name)));

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
