using FrontDoor.TokenService.Audit;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>Makes the configured first users where they are absent. Never changes an existing one.</summary>
internal sealed partial class SeedUsers(
    IServiceScopeFactory scopes, IOptions<UserOptions> options, DecoyHash decoy, ILogger<SeedUsers> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        decoy.Prepare();
        foreach (var (userName, seed) in options.Value.Seed)
        {
            if (await ExistsAsync(userName)) continue;
            try
            {
                await MakeAsync(userName, seed, cancellationToken);
            }
            catch (Exception e) when (e is AdministrationException or DbUpdateException)
            {
                // Another node that started at the same moment may have made it first.
                if (await ExistsAsync(userName)) continue;
                if (e is AdministrationException) throw new AdministrationException($"Users:Seed:{userName}: {e.Message}");
                throw;
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> ExistsAsync(string userName)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<UserManager<User>>().FindByNameAsync(userName) is not null;
    }

    private async Task MakeAsync(string userName, SeedUser seed, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<AuditSource>().Actor = AuditSource.Service;
        var password = (await File.ReadAllTextAsync(seed.PasswordFile, cancellationToken)).TrimEnd('\r', '\n');
        await scope.ServiceProvider.GetRequiredService<UserAdministration>().AddAsync(userName, password, seed.Email, seed.DisplayName, seed.Roles, cancellationToken);
        Log.Seeded(logger, userName, string.Join(", ", seed.Roles));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Made first user '{UserName}' (roles: {Roles})")]
        public static partial void Seeded(ILogger logger, string userName, string roles);
    }
}
