using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FrontDoor.TokenService.Storage;

internal static class StorageSetup
{
    public static void AddStorage(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.Section, StrictBinding.Of).ValidateOnStart();
        services.AddSingleton<DataDirectory>();

        services.AddPooledDbContextFactory<SqliteTokenDb>((provider, db) => Quiet(db).UseSqlite(SqliteConnectionString(provider)));
        services.AddPooledDbContextFactory<PostgreSqlTokenDb>((provider, db) => Quiet(db).UseNpgsql(PostgreSqlConnectionString(provider)));
        services.AddScoped<TokenDb>(provider => provider.GetRequiredService<IOptions<StorageOptions>>().Value.IsSqlite
            ? provider.GetRequiredService<IDbContextFactory<SqliteTokenDb>>().CreateDbContext()
            : provider.GetRequiredService<IDbContextFactory<PostgreSqlTokenDb>>().CreateDbContext());

        services.AddSingleton<MigrateOnStart>();
        services.AddHostedService(provider => provider.GetRequiredService<MigrateOnStart>());
    }

    // A failed command surfaces as an exception with its own log line and answer; EF's copy would repeat it with parameters' names.
    private static DbContextOptionsBuilder Quiet(DbContextOptionsBuilder db) =>
        db.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.CommandError, CoreEventId.SaveChangesFailed, CoreEventId.QueryIterationFailed));

    private static string SqliteConnectionString(IServiceProvider provider)
    {
        var configured = provider.GetRequiredService<IOptions<StorageOptions>>().Value.ConnectionString;
        var file = provider.GetRequiredService<DataDirectory>().File("token-service.db");
        return new SqliteConnectionStringBuilder(configured ?? "") is { DataSource.Length: > 0 } given
            ? given.ConnectionString
            : new SqliteConnectionStringBuilder { DataSource = file }.ConnectionString;
    }

    private static string PostgreSqlConnectionString(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
        var connection = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        // Npgsql would try Kerberos first, and warn where its library is missing, as in small container images. Whoever wants it says so.
        if (!connection.ContainsKey("GSS Encryption Mode")) connection.GssEncryptionMode = GssEncryptionMode.Disable;
        // A silent database is answered with 503 in time (security contract section 5), not after Npgsql's 15 seconds.
        if (!connection.ContainsKey("Timeout")) connection.Timeout = 2;
        if (options.PasswordFile is { } file) connection.Password = File.ReadAllText(file).TrimEnd('\r', '\n');
        return connection.ConnectionString;
    }
}
