using Microsoft.Data.Sqlite;

namespace FrontDoor.TokenService.Storage;

/// <summary>Readers side by side on pooled connections, beside one writer.</summary>
internal sealed partial class SqliteStatements(string connectionString, SqliteWriter writer, ILogger<SqliteStatements> logger) : IStatements
{
    public async Task<T?> ReadAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
        where T : class
    {
        await using var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = statement.On(connection);
        var read = await statement.RunAsync(command, cancellationToken);
        Log.Read(logger);
        return read;
    }

    public Task<T?> WriteAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
        where T : class => writer.WriteAsync(statement, cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Read by one statement")]
        public static partial void Read(ILogger logger);
    }
}
