using System.Collections.Concurrent;
using System.Data;
using Npgsql;

namespace FrontDoor.TokenService.Storage;

/// <summary>
/// Writes of many requests in one round trip and one commit. A write that finds nobody at work goes at once; what comes in while a batch is under way goes into the next
/// one together, and each request is answered after its commit.
/// </summary>
internal sealed partial class PostgreSqlWriter(NpgsqlDataSource database, TimeSpan timeout, ILogger<PostgreSqlWriter> logger)
{
    /// <summary>Statements that may wait, about a second's work; one more is 503.</summary>
    public const int MaxWaiting = 4096;

    /// <summary>Statements of one batch: a few milliseconds, so that nobody waits long for the others.</summary>
    public const int MaxTogether = 64;

    /// <summary>Batches under way. There is a second one only while the first is held up, or where what waits would fill it.</summary>
    public const int MaxAtOnce = 4;

    /// <summary>Many times what a batch takes. One that takes longer waits for a locked row or a slow disk, and may hold up its own requests alone.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentQueue<PostgreSqlWrite> _waiting = new();
    private readonly Lock _gate = new();
    private int _atWork;
    private int _heldUp;

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
        StartIfNeeded();
        return write.Answer;
    }

    private void StartIfNeeded()
    {
        lock (_gate)
        {
            if (_atWork == MaxAtOnce || !IsNeeded(workers: _atWork - _heldUp)) return;
            _atWork++;
        }

        _ = WorkAsync();
    }

    /// <param name="workers">Those that are there already and are not held up.</param>
    private bool IsNeeded(int workers) => workers == 0 ? !_waiting.IsEmpty : _waiting.Count >= MaxTogether;

    private async Task WorkAsync()
    {
        do
        {
            var together = new List<PostgreSqlWrite>();
            while (together.Count < MaxTogether && _waiting.TryDequeue(out var next)) together.Add(next);
            if (together.Count > 0) await CommitAsync(together);
        }
        while (GoesOn());
    }

    private bool GoesOn()
    {
        lock (_gate)
        {
            if (IsNeeded(workers: _atWork - _heldUp - 1)) return true;
            _atWork--;
            return false;
        }
    }

    private async Task CommitAsync(List<PostgreSqlWrite> together)
    {
        var work = WriteAsync(together);
        await work.WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (work.IsCompleted) return;

        lock (_gate) _heldUp++;
        StartIfNeeded();
        await work;
        lock (_gate) _heldUp--;
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
            foreach (var write in writes) write.Fail(e);
            FailWaiting(e);
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

    /// <summary>There is no database for those who wait, either: they hear of it now and not when their turn comes.</summary>
    private void FailWaiting(Exception reason)
    {
        while (_waiting.TryDequeue(out var next)) next.Fail(reason);
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
            // It did not even answer the cancellation.
            if (e.InnerException is TimeoutException && connection.State != ConnectionState.Open) FailWaiting(e);
            return true;
        }

        foreach (var write in writes) write.Succeed();
        Log.Committed(logger, writes.Count);
        return true;
    }

    /// <summary>Without BEGIN and COMMIT, what is sent together is one transaction.</summary>
    private async Task RunAsync(NpgsqlConnection connection, List<PostgreSqlWrite> writes)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = (int)timeout.TotalSeconds };
        if (writes.Count > 1 && PostgreSqlSets.Of(writes) is { } sets)
        {
            await sets.RunAsync(batch);
            return;
        }

        foreach (var write in writes) batch.BatchCommands.Add(write.ToCommand());
        await using var rows = await batch.ExecuteReaderAsync();
        foreach (var write in writes)
        {
            if (await rows.ReadAsync()) write.Take(rows);
            await rows.NextResultAsync();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Committed {Count} statement(s) together")]
        public static partial void Committed(ILogger logger, int count);
    }
}
