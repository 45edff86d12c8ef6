using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace FrontDoor.TokenService.Storage;

// Used by `dotnet ef migrations add` alone; no database is opened. CONTRIBUTING.md has the two commands.

internal sealed class SqliteDesignTimeFactory : IDesignTimeDbContextFactory<SqliteTokenDb>
{
    public SqliteTokenDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteTokenDb>().UseSqlite("Data Source=design-time.db").Options);
}

internal sealed class PostgreSqlDesignTimeFactory : IDesignTimeDbContextFactory<PostgreSqlTokenDb>
{
    public PostgreSqlTokenDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgreSqlTokenDb>().UseNpgsql("Host=design-time").Options);
}
