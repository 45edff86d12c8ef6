using Microsoft.Data.Sqlite;

namespace FrontDoor.TokenService.Storage;

/// <summary>One caller's part in a transaction of <see cref="SqliteWriter"/>.</summary>
internal abstract class SqliteWrite
{
    /// <summary>Runs the statement; its own failure is its caller's alone.</summary>
    /// <exception cref="SqliteException">It took the transaction down with it.</exception>
    public abstract void Run(SqliteWriterConnection connection);

    /// <summary>Answers the caller after the commit; does nothing where that has been done.</summary>
    public abstract void Succeed();

    /// <summary>Answers the caller; does nothing where that has been done.</summary>
    public abstract void Fail(Exception reason);
}

/// <inheritdoc/>
internal sealed class SqliteWrite<T>(Statement<T> statement, CancellationToken cancellationToken) : SqliteWrite
    where T : class
{
    // Otherwise the rest of the caller's request would run on the writer's thread.
    private readonly TaskCompletionSource<T?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _row;

    public Task<T?> Answer => _answer.Task;

    public override void Run(SqliteWriterConnection connection)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            _answer.TrySetCanceled(cancellationToken);
            return;
        }

        try
        {
            _row = connection.Run(statement);
        }
        catch (Exception e)
        {
            // SQLite undoes the failed statement alone, unless it had to give up the whole transaction (a full disk).
            _answer.TrySetException(e);
            if (!connection.IsInTransaction) throw;
        }
    }

    public override void Succeed() => _answer.TrySetResult(_row);

    public override void Fail(Exception reason) => _answer.TrySetException(reason);
}
