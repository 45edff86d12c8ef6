using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Revocations;
using FrontDoor.TokenService.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace FrontDoor.TokenService.Storage;

/// <summary>
/// Users (ASP.NET Core Identity), sessions and signing keys. Times are Unix milliseconds: SQLite has no time type, and the
/// refresh statement compares them in SQL on both databases.
/// </summary>
internal abstract class TokenDb(DbContextOptions options) : IdentityDbContext<User>(options)
{
    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();

    public DbSet<Revocation> Revocations => Set<Revocation>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<User>().ToTable("Users");
        builder.Entity<IdentityRole>().ToTable("Roles");
        builder.Entity<IdentityUserRole<string>>().ToTable("UserRoles");
        builder.Entity<IdentityUserClaim<string>>().ToTable("UserClaims");
        builder.Entity<IdentityUserLogin<string>>().ToTable("UserLogins");
        builder.Entity<IdentityUserToken<string>>().ToTable("UserTokens");
        builder.Entity<IdentityRoleClaim<string>>().ToTable("RoleClaims");

        builder.Entity<Session>(session =>
        {
            session.ToTable("Sessions");
            session.Property(s => s.Id).HasMaxLength(32);
            session.Property(s => s.RefreshJti).HasMaxLength(32);
            session.Property(s => s.EndReason).HasMaxLength(32);
            session.Property(s => s.UserAgent).HasMaxLength(Session.MaxUserAgent);
            session.Property(s => s.Address).HasMaxLength(64);
            session.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);
            session.HasIndex(s => s.UserId);
            session.HasIndex(s => s.ExpiresAt);
        });

        builder.Entity<Revocation>(revocation =>
        {
            revocation.ToTable("Revocations");
            revocation.Property(r => r.Kind).HasMaxLength(16);
            revocation.Property(r => r.Subject).HasMaxLength(64);
            revocation.HasIndex(r => r.ExpiresAt);
        });

        builder.Entity<SigningKey>(key =>
        {
            key.ToTable("SigningKeys");
            key.HasKey(k => k.Kid);
            key.Property(k => k.Kid).HasMaxLength(64);
            key.Property(k => k.Algorithm).HasMaxLength(16);
            // Two nodes that start on one empty database both try generation 1; the index lets one of them win.
            key.HasIndex(k => k.Generation).IsUnique();
        });
    }
}

/// <summary>SQLite's own set of migrations.</summary>
internal sealed class SqliteTokenDb(DbContextOptions<SqliteTokenDb> options) : TokenDb(options);

/// <summary>PostgreSQL's own set of migrations.</summary>
internal sealed class PostgreSqlTokenDb(DbContextOptions<PostgreSqlTokenDb> options) : TokenDb(options);
