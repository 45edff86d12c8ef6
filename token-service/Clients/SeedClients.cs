using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Users;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Clients;

/// <summary>Makes the configured first clients where they are absent. Never changes an existing one.</summary>
internal sealed partial class SeedClients(IServiceScopeFactory scopes, IOptions<ClientOptions> options, ILogger<SeedClients> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (id, seed) in options.Value.Seed)
        {
            if (await ExistsAsync(id, cancellationToken)) continue;
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                scope.ServiceProvider.GetRequiredService<AuditSource>().Actor = AuditSource.Service;
                await scope.ServiceProvider.GetRequiredService<ClientAdministration>()
                    .AddAsync(id, seed.Name, seed.Scopes, seed.Audience, ClientSecrets.Read(seed.SecretFile), cancellationToken);
                Log.Seeded(logger, id, string.Join(' ', seed.Scopes));
            }
            catch (AdministrationException e)
            {
                // Another node that started at the same moment may have made it first.
                if (await ExistsAsync(id, cancellationToken)) continue;
                throw new AdministrationException($"Clients:Seed:{id}: {e.Message}");
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> ExistsAsync(string id, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ClientStore>().FindAsync(id, cancellationToken) is not null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Made first client '{ClientId}' (scopes: {Scopes})")]
        public static partial void Seeded(ILogger logger, string clientId, string scopes);
    }
}
