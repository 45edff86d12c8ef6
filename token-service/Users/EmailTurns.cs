using FrontDoor.TokenService.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>
/// Where users sign in by e-mail: of two transactions that give one address to two users, the second waits for the first and then finds it taken. There is no unique
/// index, since elsewhere addresses may be shared.
/// </summary>
internal sealed class EmailTurns(TokenDb db, UserManager<User> users, IOptions<UserOptions> options)
{
    // Keeps these numbers apart from the other locks of the database.
    private const long Seed = 4_096_003;
    private const long All = 4_096_004;

    /// <summary>Call inside the transaction, before the address is looked up. SQLite has one writer anyway.</summary>
    public Task TakeAsync(string? email, CancellationToken cancellationToken) =>
        string.IsNullOrEmpty(email) || !IsNeeded
            ? Task.CompletedTask
            : db.Database.ExecuteSqlAsync(
                $"SELECT pg_advisory_xact_lock_shared({All}), pg_advisory_xact_lock(hashtextextended({users.NormalizeEmail(email)}, {Seed}))", cancellationToken);

    /// <summary>For whoever gives many addresses, for which a lock each would be more than the server has room for: waits for all others and keeps them waiting.</summary>
    public Task TakeAllAsync(CancellationToken cancellationToken) =>
        IsNeeded ? db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({All})", cancellationToken) : Task.CompletedTask;

    private bool IsNeeded => options.Value.SignsInByEmail && db.Database.IsNpgsql();
}
