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

    /// <summary>Call inside the transaction, before the address is looked up. SQLite has one writer anyway.</summary>
    public Task TakeAsync(string? email, CancellationToken cancellationToken) =>
        string.IsNullOrEmpty(email) || !options.Value.SignsInByEmail || !db.Database.IsNpgsql()
            ? Task.CompletedTask
            : db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({users.NormalizeEmail(email)}, {Seed}))", cancellationToken);
}
