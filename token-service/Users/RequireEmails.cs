using FrontDoor.TokenService.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>Where users sign in by e-mail address, each must have one of its own: a database that was filled otherwise refuses the start.</summary>
internal sealed class RequireEmails(IServiceScopeFactory scopes, IOptions<UserOptions> options) : IHostedService
{
    private const int MostNamed = 5;

    /// <exception cref="AdministrationException">Users have no address or share one; names some.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.SignsInByEmail) return;
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<TokenDb>().Users;
        var unfit = users.Where(u => string.IsNullOrEmpty(u.NormalizedEmail) || users.Count(other => other.NormalizedEmail == u.NormalizedEmail) > 1);
        var names = await unfit.OrderBy(u => u.NormalizedUserName).Select(u => u.UserName).Take(MostNamed + 1).ToListAsync(cancellationToken);
        if (names.Count == 0) return;
        var more = names.Count > MostNamed ? ", ..." : "";
        throw new AdministrationException(
            $"Users:LoginField is Email, but these users have no e-mail address of their own: {string.Join(", ", names.Take(MostNamed))}{more}. "
            + "Give each one: users set <user> --email <address>");
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
