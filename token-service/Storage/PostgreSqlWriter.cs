using System.Collections.Concurrent;
using System.Data;
using Npgsql;

namespace FrontDoor.TokenService.Storage;

/// <summary>
/// Writes of many requests in one round trip and one commit. A write that finds nobody at work goes alone and at once; what comes in while batches are under way
/// goes into the next one together, and each request is answered after its commit.
/// </summary>
internal sealed partial class PostgreSqlWriter(NpgsqlDataSource database, ILogger<PostgreSqlWriter> logger)
{
    /// <summary>Statements that may wait, about a second's work; one more is 503.</summary>
    public const int MaxWaiting = 4096;

    /// <summary>Statements of one batch: a few milliseconds, so that nobody waits long for the others.</summary>
    private const int MaxTogether = 64;

    // One computes while another one's commit waits for the disk. A batch that waits for a locked row holds up its own requests alone.
    private const int MaxAtOnce = 4;

    private readonly ConcurrentQueue<PostgreSqlWrite> _waiting = new();
    private int _atWork;

    /// <summary>Returns after the commit.</summary>
    /// <param name="statement">Its first parameter names the row that it locks.</param>
    /// <returns>Null when no row was changed.</returns>
    /// <exception cref="WriterBusyException">Too many writes are waiting.</exception>
    public Task<T?> WriteAsync<T>(Statement<T> statement)
        where T : class
    {
        if (_waiting.Count >= MaxWaiting) throw new WriterBusyException();
        var write = new PostgreSqlWrite<T>(statement);
        _waiting.Enqueue(write);
        StartAnother();
        return write.Answer;
    }

    private void StartAnother()
    {
        if (Interlocked.Increment(ref _atWork) > MaxAtOnce) Interlocked.Decrement(ref _atWork);
        else _ = WorkAsync();
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            var together = new List<PostgreSqlWrite>();
            while (together.Count < MaxTogether && _waiting.TryDequeue(out var next)) together.Add(next);
            if (together.Count == 0) break;
            await WriteAsync(together);
        }

        Interlocked.Decrement(ref _atWork);
        // One that was added after the look and found everybody at work.
        if (!_waiting.IsEmpty) StartAnother();
    }

    private async Task WriteAsync(List<PostgreSqlWrite> writes)
    {
        NpgsqlConnection connection;
        try
        {
            connection = await database.OpenConnectionAsync();
        }
        catch (Exception e)
        {
            // There is none for those who wait behind them, either: they hear of it now and not when their turn comes.
            while (_waiting.TryDequeue(out var next)) writes.Add(next);
            foreach (var write in writes) write.Fail(e);
            return;
        }

        await using (connection)
        {
            // In one order everywhere: two batches that meet wait for each other and never in a circle.
            writes.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
            if (await TryAsync(connection, writes)) return;
            // The server refused and undid all of it; whose fault it was shows when each goes alone.
            foreach (var write in writes)
            {
                if (connection.State == ConnectionState.Open) await TryAsync(connection, [write]);
                else write.Fail(new NpgsqlException("The connection was lost"));
            }
        }
    }

    /// <returns>False when one of several was refused: nothing was written, nobody has been answered.</returns>
    private async Task<bool> TryAsync(NpgsqlConnection connection, List<PostgreSqlWrite> writes)
    {
        try
        {
            await RunAsync(connection, writes);
        }
        // Not where the server also ended the connection, as at its shutdown.
        catch (PostgresException) when (writes.Count > 1 && connection.State == ConnectionState.Open)
        {
            return false;
        }
        catch (Exception e)
        {
            foreach (var write in writes) write.Fail(e);
            return true;
        }

        foreach (var write in writes) write.Succeed();
        Log.Committed(logger, writes.Count);
        return true;
    }

    /// <summary>Without BEGIN and COMMIT, what is sent together is one transaction.</summary>
    private static async Task RunAsync(NpgsqlConnection connection, List<PostgreSqlWrite> writes)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var write in writes) batch.BatchCommands.Add(write.ToCommand());
        await using var rows = await batch.ExecuteReaderAsync();
        foreach (var write in writes)
        {
            write.Take(await rows.ReadAsync() ? rows : null);
            await rows.NextResultAsync();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Committed {Count} statement(s) together")]
        public static partial void Committed(ILogger logger, int count);
    }
}
