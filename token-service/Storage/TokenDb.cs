using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Clients;
using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Revocations;
using FrontDoor.TokenService.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace FrontDoor.TokenService.Storage;

/// <summary>
/// Users (ASP.NET Core Identity), clients, sessions, signing keys and the audit log. Times are Unix milliseconds: SQLite has no time type, and the
/// refresh statement compares them in SQL on both databases.
/// </summary>
internal abstract class TokenDb(DbContextOptions options) : IdentityDbContext<User>(options)
{
    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();

    public DbSet<Revocation> Revocations => Set<Revocation>();

    public DbSet<Client> Clients => Set<Client>();

    public DbSet<AuditEntry> Audit => Set<AuditEntry>();

    public DbSet<ExchangedToken> ExchangedTokens => Set<ExchangedToken>();

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
            session.Property(s => s.Scopes).HasMaxLength(2048);
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
            // Introspection asks whether this very token was revoked.
            revocation.HasIndex(r => new { r.Kind, r.Subject });
        });

        builder.Entity<ExchangedToken>(token =>
        {
            token.ToTable("ExchangedTokens");
            token.Property(t => t.Id).HasMaxLength(64);
            token.HasIndex(t => t.ExpiresAt);
        });

        builder.Entity<Client>(client =>
        {
            client.ToTable("Clients");
            client.Property(c => c.Id).HasMaxLength(64);
            client.Property(c => c.Name).HasMaxLength(128);
            client.Property(c => c.SecretHash).HasMaxLength(64);
            client.Property(c => c.PreviousSecretHash).HasMaxLength(64);
            client.Property(c => c.Scopes).HasMaxLength(2048);
            client.Property(c => c.Audience).HasMaxLength(256);
        });

        builder.Entity<AuditEntry>(entry =>
        {
            entry.ToTable("Audit");
            entry.Property(e => e.Event).HasMaxLength(64);
            entry.Property(e => e.Outcome).HasMaxLength(16);
            entry.Property(e => e.Actor).HasMaxLength(64);
            entry.Property(e => e.Subject).HasMaxLength(128);
            entry.Property(e => e.Address).HasMaxLength(64);
            entry.Property(e => e.Detail).HasMaxLength(AuditEntry.MaxText);
            entry.HasIndex(e => e.At);
            entry.HasIndex(e => e.Actor);
            entry.HasIndex(e => e.Subject);
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
