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

        services.AddPooledDbContextFactory<SqliteTokenDb>((provider, db) => Quiet(db).UseSqlite(SqliteFile(provider)).AddInterceptors(new SqlitePatience()));
        services.AddPooledDbContextFactory<PostgreSqlTokenDb>((provider, db) => Quiet(db).UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddScoped<TokenDb>(provider => Options(provider).IsSqlite
            ? provider.GetRequiredService<IDbContextFactory<SqliteTokenDb>>().CreateDbContext()
            : provider.GetRequiredService<IDbContextFactory<PostgreSqlTokenDb>>().CreateDbContext());

        // EF Core and the statements past it share one pool.
        services.AddSingleton(provider => NpgsqlDataSource.Create(ConnectionStrings.PostgreSql(Options(provider))));
        services.AddSingleton(provider => new SqliteWriter(SqliteFile(provider), provider.GetRequiredService<ILogger<SqliteWriter>>()));
        services.AddSingleton(provider => new PostgreSqlWriter(
            provider.GetRequiredService<NpgsqlDataSource>(), Options(provider).StatementTimeout, provider.GetRequiredService<ILogger<PostgreSqlWriter>>()));
        services.AddSingleton<IStatements>(provider => Options(provider).IsSqlite
            ? new SqliteStatements(SqliteFile(provider), provider.GetRequiredService<SqliteWriter>(), provider.GetRequiredService<ILogger<SqliteStatements>>())
            : new PostgreSqlStatements(provider.GetRequiredService<NpgsqlDataSource>(), Options(provider).StatementTimeout, provider.GetRequiredService<PostgreSqlWriter>()));

        services.AddSingleton<MigrateOnStart>();
        services.AddHostedService(provider => provider.GetRequiredService<MigrateOnStart>());
        services.AddSingleton(provider => new ChangeNotices(
            Options(provider).IsSqlite ? null : ConnectionStrings.PostgreSql(Options(provider)),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ChangeNotices>>()));
        services.AddHostedService(provider => provider.GetRequiredService<ChangeNotices>());
    }

    // A failed command surfaces as an exception with its own log line and answer; EF's copy would repeat it with parameters' names.
    private static DbContextOptionsBuilder Quiet(DbContextOptionsBuilder db) =>
        db.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.CommandError, CoreEventId.SaveChangesFailed, CoreEventId.QueryIterationFailed));

    private static StorageOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<StorageOptions>>().Value;

    private static string SqliteFile(IServiceProvider provider) => ConnectionStrings.Sqlite(Options(provider), provider.GetRequiredService<DataDirectory>());
}
