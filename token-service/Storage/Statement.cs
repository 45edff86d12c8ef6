using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace FrontDoor.TokenService.Storage;

/// <summary>One statement, for the paths where EF Core's share of the work would be felt, or whose SQL it cannot write. <see cref="IStatements"/> runs it for its first row.</summary>
/// <param name="Sql">For SQLite and PostgreSQL alike; a constant text, so that it is prepared once.</param>
/// <param name="Read">Makes the result from the row.</param>
/// <param name="Parameters">In a fixed order for one <paramref name="Sql"/>.</param>
internal sealed record Statement<T>(string Sql, Func<DbDataReader, T> Read, params (string Name, object Value)[] Parameters)
    where T : class
{
    /// <summary>
    /// On PostgreSQL the same for many callers at once, where there is such a text: <c>$1</c> is an array with the first parameter of each of them, and so on.
    /// No two have the same first parameter, which is what the first column of a row tells whose it is by.
    /// </summary>
    public string? SetSql { get; init; }

    public DbCommand On(DbConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandText = Sql;
        foreach (var (name, value) in Parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <returns>Null when there is no row.</returns>
    public async Task<T?> RunAsync(DbCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>Runs it on EF Core's connection, inside its transaction where there is one.</summary>
    /// <returns>Null when there is no row.</returns>
    public async Task<T?> RunInAsync(TokenDb db, CancellationToken cancellationToken) => (await AllInAsync(db, cancellationToken)).FirstOrDefault();

    /// <inheritdoc cref="RunInAsync"/>
    /// <returns>All rows.</returns>
    public async Task<List<T>> AllInAsync(TokenDb db, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = On(db.Database.GetDbConnection());
            command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken)) rows.Add(Read(reader));
            return rows;
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }
}
