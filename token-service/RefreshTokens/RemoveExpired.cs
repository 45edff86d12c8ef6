using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.FormerIssuers;
using FrontDoor.TokenService.Revocations;

namespace FrontDoor.TokenService.RefreshTokens;

/// <summary>
/// Sessions whose last refresh token has expired, what remembers exchanged tokens, and old rows of the audit log remove themselves, in batches that
/// keep no writer waiting for long. No cron.
/// </summary>
internal sealed partial class RemoveExpired(IServiceScopeFactory scopes, TimeProvider time, ILogger<RemoveExpired> logger) : BackgroundService
{
    private const int Batch = 500;

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
        var covered = now - (long)RevocationStore.LongestTokenLife.TotalMilliseconds;
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
