using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.FormerIssuers;
using FrontDoor.TokenService.SlidingTokens;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.RefreshTokens;

/// <summary>
/// Sessions whose last refresh token has expired, what remembers exchanged tokens, and old rows of the audit log remove themselves, in batches that
/// keep no writer waiting for long. No cron.
/// </summary>
internal sealed partial class RemoveExpired(
    IServiceScopeFactory scopes, IOptions<AccessTokenOptions> access, IOptions<SlidingTokenOptions> sliding, TimeProvider time, ILogger<RemoveExpired> logger)
    : BackgroundService
{
    private const int Batch = 500;

    // The most that a gateway may allow for.
    private static readonly TimeSpan LargestSkew = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenBatches = TimeSpan.FromMilliseconds(50);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var removed = 0;
            try
            {
                removed = await RemoveBatchAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever the database's driver throws: the rows are no harm, and the next round tries again.
                Log.CannotRemove(logger, e.GetBaseException().Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(removed == Batch ? BetweenBatches : Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<int> RemoveBatchAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        // A row outlives the last token that it covers: who ends the user's sessions must still find it.
        var covered = now - (long)(sliding.Value.Longest(access.Value) + LargestSkew).TotalMilliseconds;
        var sessions = await scope.ServiceProvider.GetRequiredService<SessionStore>().CleanUpAsync(covered, Batch, cancellationToken);
        var exchanged = await scope.ServiceProvider.GetRequiredService<TokenExchange>().CleanUpAsync(now, Batch, cancellationToken);
        var entries = await scope.ServiceProvider.GetRequiredService<AuditTrail>().CleanUpAsync(Batch, cancellationToken);
        return Math.Max(sessions, Math.Max(exchanged, entries));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "What has expired cannot be removed: {Reason}")]
        public static partial void CannotRemove(ILogger logger, string reason);
    }
}
