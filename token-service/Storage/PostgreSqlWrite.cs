using Npgsql;

namespace FrontDoor.TokenService.Storage;

/// <summary>One caller's part in a batch of <see cref="PostgreSqlWriter"/>.</summary>
internal abstract class PostgreSqlWrite(string key)
{
    /// <summary>What it locks.</summary>
    public string Key => key;

    /// <summary><see cref="Statement{T}.SetSql"/>.</summary>
    public abstract string? SetSql { get; }

    public abstract IReadOnlyList<(string Name, object Value)> Parameters { get; }

    public abstract NpgsqlBatchCommand ToCommand();

    /// <summary>Its row; not called when it has none.</summary>
    public abstract void Take(NpgsqlDataReader row);

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

    public override string? SetSql => statement.SetSql;

    public override IReadOnlyList<(string Name, object Value)> Parameters => statement.Parameters;

    public override NpgsqlBatchCommand ToCommand()
    {
        var command = new NpgsqlBatchCommand(statement.Sql);
        foreach (var (name, value) in statement.Parameters) command.Parameters.Add(new NpgsqlParameter(name, value));
        return command;
    }

    public override void Take(NpgsqlDataReader row) => _row = statement.Read(row);

    public override void Succeed() => _answer.TrySetResult(_row);

    public override void Fail(Exception reason) => _answer.TrySetException(reason);
}
