using System.Collections.Concurrent;

namespace FrontDoor.TokenService.Storage;

/// <summary>
/// SQLite takes one writer at a time, and a durable commit waits for the disk. So one thread writes for all requests: what has come in
/// while the last commit was under way goes into the next transaction together, and each request is answered after its commit.
/// </summary>
internal sealed partial class SqliteWriter : IDisposable
{
    /// <summary>Statements that may wait, about a second's work; one more is 503.</summary>
    public const int MaxWaiting = 4096;

    /// <summary>Statements of one transaction: a few milliseconds, so that nobody waits long for the first of a burst.</summary>
    private const int MaxTogether = 256;

    private readonly BlockingCollection<SqliteWrite> _waiting = new(MaxWaiting);
    private readonly string _connectionString;
    private readonly ILogger<SqliteWriter> _logger;
    private readonly Thread _thread;
    private SqliteWriterConnection? _connection;

    public SqliteWriter(string connectionString, ILogger<SqliteWriter> logger)
    {
        (_connectionString, _logger) = (connectionString, logger);
        // A thread of its own: it blocks in the disk's flush and in other processes' locks, and must run while the pool is busy.
        _thread = new Thread(Run) { Name = nameof(SqliteWriter), IsBackground = true };
        _thread.Start();
    }

    /// <summary>Statements whose transaction has not begun.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Returns after the commit. Cancelled before it was begun, it is not written; later the token has no effect.</summary>
    /// <returns>Null when no row was changed.</returns>
    /// <exception cref="WriterBusyException">Too many writes are waiting, or the service is stopping.</exception>
    public Task<T?> WriteAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
        where T : class
    {
        var write = new SqliteWrite<T>(statement, cancellationToken);
        try
        {
            if (_waiting.TryAdd(write, 0, CancellationToken.None)) return write.Answer;
        }
        catch (InvalidOperationException)
        {
            // The service is stopping.
        }

        throw new WriterBusyException();
    }

    /// <summary>Writes what is waiting, then ends.</summary>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        _thread.Join();
    }

    private void Run()
    {
        var together = new List<SqliteWrite>(MaxTogether);
        foreach (var first in _waiting.GetConsumingEnumerable())
        {
            together.Add(first);
            while (together.Count < MaxTogether && _waiting.TryTake(out var next)) together.Add(next);
            Write(together);
            together.Clear();
        }

        _connection?.Dispose();
    }

    private void Write(List<SqliteWrite> writes)
    {
        try
        {
            _connection ??= new SqliteWriterConnection(_connectionString);
            _connection.Begin();
            foreach (var write in writes) write.Run(_connection);
            _connection.Commit();
        }
        catch (Exception e)
        {
            // Nothing of this transaction is in the database, or nobody knows: the callers hear of it, and the next one has a new connection.
            _connection?.Dispose();
            _connection = null;
            foreach (var write in writes) write.Fail(e);
            return;
        }

        foreach (var write in writes) write.Succeed();
        Log.Committed(_logger, writes.Count);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Committed {Count} statement(s) together")]
        public static partial void Committed(ILogger logger, int count);
    }
}

/// <summary>The answer is 503 with Retry-After.</summary>
internal sealed class WriterBusyException() : Exception("Too many writes are waiting");
