using Npgsql;

namespace FrontDoor.TokenService.Storage;

/// <summary>Many writes of one kind as one statement (<see cref="Statement{T}.SetSql"/>): planned, started and answered once instead of once for each.</summary>
internal sealed class PostgreSqlSets
{
    // Whatever the tables' sizes: only plans that take the rows, and so lock them, in the order of the keys; two batches that meet wait for each other and never in a circle.
    private const string InOrder =
        "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_hashjoin', 'off', true)";

    private readonly string _sql;
    private readonly List<Dictionary<string, PostgreSqlWrite>> _sets = [];

    private PostgreSqlSets(string sql) => _sql = sql;

    /// <param name="writes">In the order of their keys.</param>
    /// <returns>Null where they are not all of one kind that has such a statement.</returns>
    public static PostgreSqlSets? Of(List<PostgreSqlWrite> writes)
    {
        if (writes[0].SetSql is not { } sql || writes.Exists(write => write.SetSql != sql)) return null;
        var sets = new PostgreSqlSets(sql);
        foreach (var write in writes) sets.Add(write);
        return sets;
    }

    /// <summary>Has each take its row.</summary>
    public async Task RunAsync(NpgsqlBatch batch)
    {
        batch.BatchCommands.Add(new NpgsqlBatchCommand(InOrder));
        foreach (var set in _sets) batch.BatchCommands.Add(ToCommand([.. set.Values]));
        await using var rows = await batch.ExecuteReaderAsync();
        foreach (var set in _sets)
        {
            await rows.NextResultAsync();
            while (await rows.ReadAsync()) set[rows.GetString(0)].Take(rows);
        }

        // The commit is told after the last result.
        await rows.NextResultAsync();
    }

    // The second for one key goes into the second set, as if they had been sent one after the other.
    private void Add(PostgreSqlWrite write)
    {
        if (_sets.Find(set => !set.ContainsKey(write.Key)) is { } set) set.Add(write.Key, write);
        else _sets.Add(new Dictionary<string, PostgreSqlWrite>(StringComparer.Ordinal) { [write.Key] = write });
    }

    private NpgsqlBatchCommand ToCommand(PostgreSqlWrite[] writes)
    {
        var command = new NpgsqlBatchCommand(_sql);
        for (var i = 0; i < writes[0].Parameters.Count; i++)
        {
            command.Parameters.Add(writes[0].Parameters[i].Value is long
                ? new NpgsqlParameter<long[]> { TypedValue = Array.ConvertAll(writes, write => (long)write.Parameters[i].Value) }
                : new NpgsqlParameter<string[]> { TypedValue = Array.ConvertAll(writes, write => (string)write.Parameters[i].Value) });
        }

        return command;
    }
}
