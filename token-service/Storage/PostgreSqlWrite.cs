using Npgsql;

namespace FrontDoor.TokenService.Storage;

/// <summary>One caller's part in a batch of <see cref="PostgreSqlWriter"/>.</summary>
internal abstract class PostgreSqlWrite(string key)
{
    /// <summary>What it locks.</summary>
    public string Key => key;

    public abstract NpgsqlBatchCommand ToCommand();

    /// <param name="row">Null when it has none.</param>
    public abstract void Take(NpgsqlDataReader? row);

    /// <summary>Answers the caller after the commit.</summary>
    public abstract void Succeed();

    public abstract void Fail(Exception reason);
}

/// <inheritdoc/>
internal sealed class PostgreSqlWrite<T>(Statement<T> statement) : PostgreSqlWrite((string)statement.Parameters[0].Value)
    where T : class
{
    // Otherwise the rest of the caller's request would hold up the others' answers.
    private readonly TaskCompletionSource<T?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _row;

    public Task<T?> Answer => _answer.Task;

    public override NpgsqlBatchCommand ToCommand()
    {
        var command = new NpgsqlBatchCommand(statement.Sql);
        foreach (var (name, value) in statement.Parameters) command.Parameters.Add(new NpgsqlParameter(name, value));
        return command;
    }

    public override void Take(NpgsqlDataReader? row) => _row = row is null ? null : statement.Read(row);

    public override void Succeed() => _answer.TrySetResult(_row);

    public override void Fail(Exception reason) => _answer.TrySetException(reason);
}
