using Microsoft.Data.Sqlite;
using Npgsql;

namespace FrontDoor.TokenService.Storage;

/// <summary>The configured connection strings, with our defaults for whatever they leave open.</summary>
internal static class ConnectionStrings
{
    public static string Sqlite(StorageOptions options, DataDirectory data) =>
        new SqliteConnectionStringBuilder(options.ConnectionString ?? "") is { DataSource.Length: > 0 } given
            ? given.ConnectionString
            : new SqliteConnectionStringBuilder { DataSource = data.File("token-service.db") }.ConnectionString;

    public static string PostgreSql(StorageOptions options)
    {
        var connection = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        // ContainsKey would say whether Npgsql knows the word; ShouldSerialize says whether it was written.
        bool IsOpen(string key) => !connection.ShouldSerialize(key);

        // Npgsql would try Kerberos first, and warn where its library is missing, as in small container images. Whoever wants it says so.
        if (IsOpen("GSS Encryption Mode")) connection.GssEncryptionMode = GssEncryptionMode.Disable;
        // A silent database is answered with 503 in time (security contract section 5), not after Npgsql's 15 seconds.
        if (IsOpen("Timeout")) connection.Timeout = 2;
        // So is one that falls silent later, and a refresh even sooner (StatementTimeout). What may take long sets a time of its own.
        if (IsOpen("Command Timeout")) connection.CommandTimeout = 10;
        // What was timed out is cancelled at the server, where that still hears; the line is given up, and with it the pool's others, when it does not.
        if (IsOpen("Cancellation Timeout")) connection.CancellationTimeout = 500;
        // Lines that died while nobody used them, as behind a firewall that forgets.
        if (IsOpen("Tcp Keepalive Time") && IsOpen("Tcp Keepalive Interval")) (connection.TcpKeepAlive, connection.TcpKeepAliveTime, connection.TcpKeepAliveInterval) = (true, 10, 2);
        // With Npgsql's 100 two nodes could ask for more than the 100 that PostgreSQL has by default; more would not make it faster, either.
        if (IsOpen("Maximum Pool Size")) connection.MaxPoolSize = 32;
        // Nothing here changes a connection's state for longer than a transaction, so there is nothing to reset before each use.
        if (IsOpen("No Reset On Close")) connection.NoResetOnClose = true;
        // A refresh is planned once per connection and not each time; EF Core's statements, too.
        if (IsOpen("Max Auto Prepare")) (connection.MaxAutoPrepare, connection.AutoPrepareMinUsages) = (50, 2);
        if (options.PasswordFile is { } file) connection.Password = File.ReadAllText(file).TrimEnd('\r', '\n');
        return connection.ConnectionString;
    }
}
