using FrontDoor.TokenService.Storage;
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
            catch (Exception e) when (e is InvalidOperationException or DbUpdateException)
            {
                // Another node that started at the same moment may have made it first.
                if (!await ExistsAsync(userName)) throw;
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
        var database = scope.ServiceProvider.GetRequiredService<TokenDb>().Database;
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var roles = scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole>>();

        var password = (await File.ReadAllTextAsync(seed.PasswordFile, cancellationToken)).TrimEnd('\r', '\n');
        // All or nothing: a start that is killed half-way must not leave an administrator without the role.
        await using var transaction = await database.BeginTransactionAsync(cancellationToken);
        var user = new User { UserName = userName, DisplayName = seed.DisplayName };
        Require(await users.CreateAsync(user, password), userName);
        foreach (var role in seed.Roles)
        {
            if (!await roles.RoleExistsAsync(role)) Require(await roles.CreateAsync(new IdentityRole(role)), userName);
            Require(await users.AddToRoleAsync(user, role), userName);
        }

        await transaction.CommitAsync(cancellationToken);
        Log.Seeded(logger, userName, string.Join(", ", seed.Roles));
    }

    private static void Require(IdentityResult result, string userName)
    {
        if (!result.Succeeded)
            throw new InvalidOperationException($"Users:Seed:{userName}: {string.Join(" ", result.Errors.Select(e => e.Description))}");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Made first user '{UserName}' (roles: {Roles})")]
        public static partial void Seeded(ILogger logger, string userName, string roles);
    }
}
