using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Revocations;
using FrontDoor.TokenService.Storage;
using FrontDoor.TokenService.Users;
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
        if (faults.Length > 0) throw new AdministrationException(string.Join(". ", faults));
        if (await store.IsTakenAsync(id, cancellationToken)) throw new AdministrationException($"The id '{id}' is taken");

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
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await store.AddAsync(client, cancellationToken);
        await audit.SucceededAsync(AuditEvents.ClientAdded, id, client.Scopes, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (client, secret);
    }

    public Task<List<Client>> ListAsync(CancellationToken cancellationToken) => store.ListAsync(cancellationToken);

    /// <summary>Removes a client; gateways refuse its living tokens within a second.</summary>
    /// <exception cref="AdministrationException">There is none.</exception>
    public async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        var client = await store.FindAsync(id, cancellationToken) ?? throw Missing(id);
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            if (!await store.RemoveAsync(client, cancellationToken)) throw Missing(id);
            await revocations.AppendAsync(Revocation.Client, [ClientTokens.RegistrationOf(client)], Now, cancellationToken);
            await audit.SucceededAsync(AuditEvents.ClientRemoved, id, cancellationToken: cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        log.Nudge();
    }

    /// <param name="now">The previous secret ends at once instead of after <see cref="ClientOptions.PreviousSecretLifetime"/>.</param>
    /// <returns>The new secret, and until when the previous one is taken; null for no longer.</returns>
    /// <exception cref="AdministrationException">There is no such client.</exception>
    public async Task<(string Secret, DateTimeOffset? PreviousUntil)> RotateSecretAsync(string id, bool now, CancellationToken cancellationToken)
    {
        var secret = ClientSecrets.New();
        var at = Now;
        long? until = now ? null : at + (long)options.Value.PreviousSecretLifetime.TotalMilliseconds;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (!await store.ChangeSecretAsync(id, ClientSecrets.Hash(secret), at, until, cancellationToken)) throw Missing(id);
        await audit.SucceededAsync(AuditEvents.ClientSecretRotated, id, cancellationToken: cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (secret, until is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null);
    }

    private static AdministrationException Missing(string id) => new($"There is no client '{id}'");
}
