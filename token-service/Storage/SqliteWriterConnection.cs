using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FrontDoor.TokenService.Storage;

/// <summary>The writer's open connection with its prepared statements.</summary>
internal sealed class SqliteWriterConnection : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _prepared = [];

    public SqliteWriterConnection(string connectionString)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        try
        {
            _connection.Open();
            SqlitePatience.Set(_connection);
            Command("PRAGMA synchronous = FULL").ExecuteNonQuery();
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public bool IsInTransaction => raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    /// <summary>Waits for other writers first, so that nothing inside the transaction has to.</summary>
    public void Begin() => Command("BEGIN IMMEDIATE").ExecuteNonQuery();

    public void Commit() => Command("COMMIT").ExecuteNonQuery();

    /// <returns>Null when there is no row.</returns>
    public T? Run<T>(Statement<T> statement)
        where T : class
    {
        var command = Command(statement.Sql);
        if (command.Parameters.Count == 0)
        {
            foreach (var (name, value) in statement.Parameters) command.Parameters.AddWithValue(name, value);
        }
        else
        {
            for (var i = 0; i < statement.Parameters.Length; i++) command.Parameters[i].Value = statement.Parameters[i].Value;
        }

        using var reader = command.ExecuteReader();
        return reader.Read() ? statement.Read(reader) : null;
    }

    /// <summary>An open transaction is rolled back.</summary>
    public void Dispose()
    {
        foreach (var command in _prepared.Values) command.Dispose();
        _connection.Dispose();
    }

    private SqliteCommand Command(string sql)
    {
        if (_prepared.TryGetValue(sql, out var known)) return known;
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        return _prepared[sql] = command;
    }
}
