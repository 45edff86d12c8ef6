using Npgsql;

namespace FrontDoor.TokenService.Storage;

/// <summary>Many connections, many writers; each connection keeps its prepared statements (<c>Max Auto Prepare</c>).</summary>
internal sealed class PostgreSqlStatements(NpgsqlDataSource database) : IStatements
{
    public Task<T?> ReadAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
        where T : class => RunAsync(statement, cancellationToken);

    public Task<T?> WriteAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
        where T : class => RunAsync(statement, cancellationToken);

    private async Task<T?> RunAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
        where T : class
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = statement.On(connection);
        return await statement.RunAsync(command, cancellationToken);
    }
}
