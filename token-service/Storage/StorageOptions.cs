using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FrontDoor.TokenService.Storage;

/// <summary>Where users, sessions and signing keys live. Section <c>Storage</c>.</summary>
internal sealed record StorageOptions
{
    public const string Section = "Storage";

    /// <summary><c>Sqlite</c> (default: one node, nothing to install) or <c>PostgreSql</c> (several nodes).</summary>
    public string Provider { get; init; } = Sqlite;

    /// <summary>
    /// ADO.NET connection string. Default for SQLite: <c>token-service.db</c> in <see cref="DataDirectory"/>. Required for PostgreSQL, where what it
    /// leaves open gets <c>Timeout=2</c> and <c>Command Timeout=10</c> (seconds), <c>Cancellation Timeout=500</c> (milliseconds), <c>Tcp Keepalive Time=10</c> and
    /// <c>Tcp Keepalive Interval=2</c> (seconds), <c>Maximum Pool Size=32</c>, <c>Max Auto Prepare=50</c> and <c>No Reset On Close=true</c>.
    /// </summary>
    public string? ConnectionString { get; init; }

    /// <summary>
    /// PostgreSQL: how long a refresh, or a look at a session, waits for the database before it is answered 503. Default 2 seconds; whole seconds, 1 to 60.
    /// What else a request does has the connection string's <c>Command Timeout</c>.
    /// </summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A file whose content is the database password (trailing line break ignored), so that it stays out of the connection string.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Folder of the SQLite file and of the generated encryption key; made with mode 0700. Default <c>data</c>, relative to the content root.</summary>
    public string DataDirectory { get; init; } = "data";

    public const string Sqlite = "Sqlite";
    public const string PostgreSql = "PostgreSql";

    public bool IsSqlite => string.Equals(Provider, Sqlite, StringComparison.OrdinalIgnoreCase);
}

internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        var isPostgreSql = string.Equals(options.Provider, StorageOptions.PostgreSql, StringComparison.OrdinalIgnoreCase);

        if (!options.IsSqlite && !isPostgreSql)
            faults.AddError($"Storage:Provider is '{options.Provider}'; legal values are Sqlite and PostgreSql");
        if (isPostgreSql && string.IsNullOrWhiteSpace(options.ConnectionString))
            faults.AddError("Storage:ConnectionString is missing; PostgreSQL needs one, e.g. Host=db;Database=tokens;Username=tokens");
        else if (options.IsSqlite || isPostgreSql)
            CheckConnectionString(options, faults);
        if (options.StatementTimeout.TotalSeconds is not (>= 1 and <= 60) || options.StatementTimeout.Ticks % TimeSpan.TicksPerSecond != 0)
            faults.AddError($"Storage:StatementTimeout is {options.StatementTimeout}; legal values are whole seconds from 00:00:01 to 00:01:00");
        if (options.PasswordFile is { } file && !File.Exists(file))
            faults.AddError($"Storage:PasswordFile names a file that does not exist: {file}");
        if (string.IsNullOrWhiteSpace(options.DataDirectory))
            faults.AddError("Storage:DataDirectory is empty");
        return faults.Build();
    }

    private static void CheckConnectionString(StorageOptions options, ValidateOptionsResultBuilder faults)
    {
        try
        {
            DbConnectionStringBuilder builder = options.IsSqlite ? new SqliteConnectionStringBuilder() : new NpgsqlConnectionStringBuilder();
            builder.ConnectionString = options.ConnectionString;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException or KeyNotFoundException)
        {
            // The parsers' own words quote parts of what they read, and a password may be among them.
            faults.AddError($"Storage:ConnectionString cannot be read by {options.Provider}: "
                + "it must be key=value pairs separated by semicolons, with keys and values that the provider knows");
        }
    }
}
