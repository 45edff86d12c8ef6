using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Revocations;
using FrontDoor.TokenService.Storage;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Clients;

/// <summary>What an administrator does to clients. Every fault is a sentence for its reader.</summary>
internal sealed class ClientAdministration(
    ClientStore store, RevocationStore revocations, RevocationLog log, AuditLog audit, TokenDb db, IOptions<ClientOptions> options, TimeProvider time)
{
    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <param name="secret">Null: a new one is made.</param>
    /// <returns>The client and its secret, which cannot be read again.</returns>
    /// <exception cref="AdministrationException">The id is taken, or something breaks the rules.</exception>
    public async Task<(Client Client, string Secret)> AddAsync(
        string id, string? name, IReadOnlyCollection<string> scopes, string? audience, string? secret, CancellationToken cancellationToken)
    {
        var faults = ClientRules.Faults(id, name, scopes, audience).ToArray();
        if (faults.Length > 0) throw new AdministrationException(string.Join(". ", faults.Select(f => f.Text)));
        if (await store.IsTakenAsync(id, cancellationToken)) throw Taken(id);

        secret ??= ClientSecrets.New();
        var now = Now;
        var client = new Client
        {
            Id = id,
            Name = name,
            SecretHash = ClientSecrets.Hash(secret),
            Scopes = string.Join(' ', scopes.Distinct()),
            Audience = audience,
            CreatedAt = now,
            SecretChangedAt = now,
        };
        try
        {
            await InsertAsync(client, cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Somebody took the id between the check and the insertion.
            if (await store.FindAsync(id, cancellationToken) is null) throw;
            throw Taken(id);
        }

        return (client, secret);
    }

    public Task<List<Client>> ListAsync(CancellationToken cancellationToken) => store.ListAsync(cancellationToken);

    /// <summary>Removes a client; gateways refuse its living tokens within a second.</summary>
    /// <returns>False when there is none.</returns>
    public async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } client) return false;
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            if (!await store.RemoveAsync(client, cancellationToken)) return false;
            await revocations.AppendAsync(Revocation.Client, [ClientTokens.RegistrationOf(client)], Now, cancellationToken);
            await audit.SucceededAsync(AuditEvents.ClientRemoved, id, cancellationToken: cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        log.Nudge();
        return true;
    }

    /// <param name="now">The previous secret ends at once instead of after <see cref="ClientOptions.PreviousSecretLifetime"/>.</param>
    /// <returns>The new secret, which cannot be read again; null when there is no such client.</returns>
    public async Task<NewSecret?> RotateSecretAsync(string id, bool now, CancellationToken cancellationToken)
    {
        var secret = ClientSecrets.New();
        var at = Now;
        long? until = now ? null : at + (long)options.Value.PreviousSecretLifetime.TotalMilliseconds;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (!await store.ChangeSecretAsync(id, ClientSecrets.Hash(secret), at, until, cancellationToken)) return null;
        await audit.SucceededAsync(AuditEvents.ClientSecretRotated, id, cancellationToken: cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new NewSecret(id, secret, until is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null);
    }

    private async Task InsertAsync(Client client, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await store.AddAsync(client, cancellationToken);
        await audit.SucceededAsync(AuditEvents.ClientAdded, client.Id, client.Scopes, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static AdministrationException Taken(string id) => new($"The id '{id}' is taken");
}
