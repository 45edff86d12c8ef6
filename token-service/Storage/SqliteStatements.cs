using Microsoft.Data.Sqlite;

namespace FrontDoor.TokenService.Storage;

/// <summary>Readers side by side on pooled connections, beside one writer.</summary>
internal sealed class SqliteStatements(string connectionString, SqliteWriter writer) : IStatements
{
    public async Task<T?> ReadAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
        where T : class
    {
        await using var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = statement.On(connection);
        return await statement.RunAsync(command, cancellationToken);
    }

    public Task<T?> WriteAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
        where T : class => writer.WriteAsync(statement, cancellationToken);
}
