using System.CommandLine;
using System.Security.Cryptography;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Storage;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Commands;

/// <summary>
/// <c>sessions seed</c>: fills a database for measurements. Nobody holds a token of these sessions, so they open nothing. Not in the help.
/// </summary>
internal static class SeedSessionsCommand
{
    private const int Batch = 10_000;

    public static Command Create(CommandRunner runner)
    {
        var count = new Option<int>("--count") { Description = "How many sessions", DefaultValueFactory = _ => 1_000_000 };
        count.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() < 1) given.AddError("--count must be at least 1");
        });
        var user = new Option<string>("--user") { Description = "Whose", Required = true };
        var yes = new Option<bool>("--yes") { Description = "Even if the database has sessions already" };
        var command = new Command("seed", "Fill a database with sessions that nobody holds a token of, to measure with") { count, user, yes };
        command.Hidden = true;
        command.SetAction((options, cancellationToken) => runner.RunAsync(async services =>
        {
            var db = services.GetRequiredService<TokenDb>();
            if (!options.GetValue(yes) && await db.Sessions.AnyAsync(cancellationToken))
                throw new AdministrationException("The database has sessions; this command is for measurements. To add to them: --yes");

            var owner = await services.GetRequiredService<UserAdministration>().FindAsync(options.GetRequiredValue(user));
            var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
            var lifetime = services.GetRequiredService<IOptions<RefreshTokenOptions>>().Value;
            var wanted = options.GetValue(count);
            for (var made = 0; made < wanted;)
            {
                made += await InsertAsync(db, owner.Id, now, lifetime, Math.Min(Batch, wanted - made), cancellationToken);
                if (made % (10 * Batch) == 0 || made == wanted) await Console.Error.WriteLineAsync($"{made:N0} of {wanted:N0}");
            }

            Console.WriteLine($"Made {wanted} session(s) of {owner.UserName}");
            return 0;
        }));
        return command;
    }

    private static async Task<int> InsertAsync(TokenDb db, string userId, long now, RefreshTokenOptions lifetime, int count, CancellationToken cancellationToken)
    {
        db.Sessions.AddRange(Enumerable.Range(0, count).Select(_ =>
        {
            // Spread over a lifetime, as sign-ins are.
            var at = now - RandomNumberGenerator.GetInt32((int)Math.Min(int.MaxValue, lifetime.Lifetime.TotalMilliseconds / 2));
            return new Session
            {
                Id = SessionStore.NewId(),
                UserId = userId,
                RefreshJti = SessionStore.NewId(),
                CreatedAt = at,
                RotatedAt = at,
                ExpiresAt = at + (long)lifetime.Lifetime.TotalMilliseconds,
                AbsoluteExpiresAt = at + (long)lifetime.AbsoluteLifetime.TotalMilliseconds,
                UserAgent = "seeded",
            };
        }));
        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();
        return count;
    }
}
