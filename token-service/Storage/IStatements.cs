namespace FrontDoor.TokenService.Storage;

/// <summary>Runs single statements past EF Core, each in a transaction of its own; never call it inside one.</summary>
internal interface IStatements
{
    /// <returns>Null when there is no row.</returns>
    Task<T?> ReadAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
        where T : class;

    /// <summary>Returns after the commit.</summary>
    /// <returns>Null when no row was changed.</returns>
    /// <exception cref="WriterBusyException">Too many writes are waiting.</exception>
    Task<T?> WriteAsync<T>(Statement<T> statement, CancellationToken cancellationToken)
        where T : class;
}
