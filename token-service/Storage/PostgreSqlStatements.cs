using Npgsql;

namespace FrontDoor.TokenService.Storage;

/// <summary>Readers side by side, writes together (<see cref="PostgreSqlWriter"/>); each connection keeps its prepared statements (<c>Max Auto Prepare</c>).</summary>
internal sealed class PostgreSqlStatements(NpgsqlDataSource database, TimeSpan timeout, PostgreSqlWriter writer) : IStatements
{
    public async Task<T?> ReadAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
        where T : class
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = statement.On(connection);
        command.CommandTimeout = (int)timeout.TotalSeconds;
        return await statement.RunAsync(command, cancellationToken);
    }

    public Task<T?> WriteAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
        where T : class => cancellationToken.IsCancellationRequested ? Task.FromCanceled<T?>(cancellationToken) : writer.WriteAsync(statement);
}
