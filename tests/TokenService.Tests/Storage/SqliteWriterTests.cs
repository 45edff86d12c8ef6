using FrontDoor.TestKit;
using FrontDoor.TokenService.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FrontDoor.TokenService.Tests.Storage;

public sealed class SqliteWriterTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly LogLines _logs = new();
    private readonly ILoggerFactory _loggers;
    private readonly SqliteConnection _other;
    private readonly SqliteWriter _writer;

    public SqliteWriterTests()
    {
        var connectionString = new SqliteConnectionStringBuilder { DataSource = _folder.File("test.db"), Pooling = false }.ConnectionString;
        _other = new SqliteConnection(connectionString);
        _other.Open();
        Execute("""
            PRAGMA journal_mode = WAL;
            CREATE TABLE Numbers (N INTEGER PRIMARY KEY CHECK (N > 0), Other INTEGER REFERENCES Numbers (N) DEFERRABLE INITIALLY DEFERRED);
            CREATE TRIGGER GiveUp BEFORE INSERT ON Numbers WHEN NEW.N = -13 BEGIN SELECT RAISE(ROLLBACK, 'gave up'); END
            """);
        _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(_logs));
        _writer = new SqliteWriter(connectionString, _loggers.CreateLogger<SqliteWriter>());
    }

    public void Dispose()
    {
        _writer.Dispose();
        _other.Dispose();
        _loggers.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task WritesThatWaitForAnotherWriter_AreCommittedTogether()
    {
        Execute("BEGIN IMMEDIATE");
        var writes = Enumerable.Range(1, 50).Select(n => InsertAsync(n)).ToArray();
        Assert.DoesNotContain(writes, write => write.IsCompleted);
        Execute("COMMIT");

        Assert.Equal(Enumerable.Range(1, 50).Select(n => $"{n}"), await Task.WhenAll(writes));
        Assert.Equal(50, Count());
        // The first may have been on its way alone.
        Assert.InRange(_logs.All.Count(line => line.Contains("Committed", StringComparison.Ordinal)), 1, 2);
    }

    [Fact]
    public async Task StatementThatFails_FailsAlone()
    {
        var writes = Together(1, -2, 3, 1, 5);
        foreach (var failing in new[] { 1, 3 }) Assert.Equal(19, (await Assert.ThrowsAsync<SqliteException>(() => writes[failing])).SqliteErrorCode); // SQLITE_CONSTRAINT
        Assert.Equal(["1", "3", "5"], await Task.WhenAll(writes[0], writes[2], writes[4]));
        Assert.Equal(3, Count());
    }

    [Fact]
    public async Task StatementThatEndsTheTransaction_FailsThoseWithIt_AndTheNextSucceeds()
    {
        var writes = Together(1, -13, 3);
        foreach (var write in writes) await Assert.ThrowsAsync<SqliteException>(() => write);
        Assert.Equal(0, Count());
        Assert.Equal("4", await InsertAsync(4));
    }

    [Fact]
    public async Task CommitThatFails_FailsThoseInIt_AndTheNextSucceeds()
    {
        Execute("BEGIN IMMEDIATE");
        Task<string?>[] writes = [InsertAsync(1), InsertAsync(2, other: 99), InsertAsync(3)];
        Execute("COMMIT");
        foreach (var write in writes[1..]) await Assert.ThrowsAsync<SqliteException>(() => write);
        await Task.WhenAny(writes[0]);
        Assert.Equal(writes[0].IsCompletedSuccessfully ? 1 : 0, Count());
        Assert.Equal("4", await InsertAsync(4));
    }

    [Fact]
    public async Task CancelledWhileWaiting_IsNotWritten_AndTheOthersAre()
    {
        using var leaving = new CancellationTokenSource();
        Execute("BEGIN IMMEDIATE");
        Task<string?>[] writes = [InsertAsync(1), _writer.WriteAsync(Insert(2), leaving.Token), InsertAsync(3)];
        await leaving.CancelAsync();
        Execute("COMMIT");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writes[1]);
        Assert.Equal(["1", "3"], await Task.WhenAll(writes[0], writes[2]));
        Assert.Equal(2, Count());
    }

    [Fact]
    public async Task MoreThanMayWait_AreRefused_AndTheRestIsWritten()
    {
        Execute("BEGIN IMMEDIATE");
        var writes = new List<Task>();
        while (writes.Count <= 2 * SqliteWriter.MaxWaiting)
        {
            try
            {
                writes.Add(InsertAsync(writes.Count + 1));
            }
            catch (WriterBusyException)
            {
                break;
            }
        }

        Execute("COMMIT");
        await Task.WhenAll(writes);
        // Beyond the queue only what the writer has in hand.
        Assert.InRange(writes.Count, SqliteWriter.MaxWaiting, SqliteWriter.MaxWaiting + 256);
        Assert.Equal(writes.Count, Count());
    }

    [Fact]
    public async Task End_WritesWhatIsWaiting_AndRefusesMore()
    {
        Execute("BEGIN IMMEDIATE");
        var writes = Enumerable.Range(1, 10).Select(n => InsertAsync(n)).ToArray();
        var end = Task.Run(_writer.Dispose, TestContext.Current.CancellationToken);
        await Until.TrueAsync(IsClosed, "nothing more is taken");
        Execute("COMMIT");
        await end;
        Assert.All(writes, write => Assert.True(write.IsCompletedSuccessfully));
        Assert.Equal(10, Count());
    }

    private bool IsClosed()
    {
        try
        {
            _ = InsertAsync(-1);
            return false;
        }
        catch (WriterBusyException)
        {
            return true;
        }
    }

    /// <summary>All of them in one transaction, after one that is on its way alone.</summary>
    private Task<string?>[] Together(params int[] numbers)
    {
        Execute("BEGIN IMMEDIATE");
        _ = _writer.WriteAsync(new Statement<string>("UPDATE Numbers SET N = N RETURNING N", row => row.GetString(0)), CancellationToken.None);
        while (_writer.Waiting > 0) Thread.Yield();
        var writes = Array.ConvertAll(numbers, n => InsertAsync(n));
        Execute("COMMIT");
        return writes;
    }

    private Task<string?> InsertAsync(int number, int? other = null) => _writer.WriteAsync(Insert(number, other), CancellationToken.None);

    private static Statement<string> Insert(int number, int? other = null) => new(
        "INSERT INTO Numbers (N, Other) VALUES (@number, NULLIF(@other, 0)) RETURNING N", row => row.GetString(0), ("@number", number), ("@other", other ?? 0));

    private long Count()
    {
        using var command = _other.CreateCommand();
        command.CommandText = "SELECT count(*) FROM Numbers";
        return (long)command.ExecuteScalar()!;
    }

    private void Execute(string sql)
    {
        using var command = _other.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
