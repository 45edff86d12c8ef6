using FrontDoor.TokenService.Storage;
using Microsoft.EntityFrameworkCore;

namespace FrontDoor.TokenService.Clients;

/// <summary>The client table's statements.</summary>
internal sealed class ClientStore(TokenDb db)
{
    public Task<Client?> FindAsync(string id, CancellationToken cancellationToken) =>
        db.Clients.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken);

    public Task<List<Client>> ListAsync(CancellationToken cancellationToken) => db.Clients.AsNoTracking().OrderBy(c => c.Id).ToListAsync(cancellationToken);

    /// <summary>Whether the id is somebody's already, a client's or a user's.</summary>
    public async Task<bool> IsTakenAsync(string id, CancellationToken cancellationToken) =>
        await db.Clients.AnyAsync(c => c.Id == id, cancellationToken) || await db.Users.AnyAsync(u => u.Id == id, cancellationToken);

    /// <exception cref="DbUpdateException">Somebody else took the id meanwhile.</exception>
    public async Task AddAsync(Client client, CancellationToken cancellationToken)
    {
        db.Clients.Add(client);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        finally
        {
            db.ChangeTracker.Clear();
        }
    }

    /// <returns>False when there is none, or when it is another registration of the same id by now.</returns>
    public async Task<bool> RemoveAsync(Client client, CancellationToken cancellationToken) =>
        await db.Clients.Where(c => c.Id == client.Id && c.CreatedAt == client.CreatedAt).ExecuteDeleteAsync(cancellationToken) > 0;

    /// <summary>Sets a new secret and makes the present one the previous one.</summary>
    /// <param name="previousUntil">Null: the previous one ends at once.</param>
    /// <returns>False when there is no such client.</returns>
    public async Task<bool> ChangeSecretAsync(string id, string hash, long now, long? previousUntil, CancellationToken cancellationToken) =>
        await db.Clients.Where(c => c.Id == id).ExecuteUpdateAsync(
            set => set.SetProperty(c => c.PreviousSecretHash, c => c.SecretHash).SetProperty(c => c.PreviousSecretUntil, previousUntil)
                .SetProperty(c => c.SecretHash, hash).SetProperty(c => c.SecretChangedAt, now),
            cancellationToken) > 0;
}
