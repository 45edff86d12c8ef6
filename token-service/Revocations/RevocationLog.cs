using FrontDoor.TokenService.Storage;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Revocations;

/// <summary>The living revocations in memory, in order, kept level with the database; the feeds read from here.</summary>
internal sealed partial class RevocationLog(
    IServiceScopeFactory scopes, ChangeNotices notices, LatestTime latest, IOptions<RevocationOptions> options, TimeProvider time, ILogger<RevocationLog> logger)
    : BackgroundService
{
    private static readonly TimeSpan CleanUpInterval = TimeSpan.FromMinutes(1);

    // A row that is over may not be: the clock may be ahead, and will be set right.
    private static readonly TimeSpan KeptBeyondItsEnd = TimeSpan.FromDays(1);

    private readonly Nudge _nudge = new();
    private volatile State _state = new([], 0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    private long _lastRead;

    /// <param name="Living">In the order of their ids.</param>
    /// <param name="LastId">The newest one ever read, expired or not.</param>
    /// <param name="Changed">Completes when there is a newer state.</param>
    private sealed record State(IReadOnlyList<Known> Living, long LastId, TaskCompletionSource Changed);

    /// <param name="Since">When it was read, as a timestamp.</param>
    private readonly record struct Known(Revocation Revocation, long Since);

    /// <summary>Whether the database was read lately; when not, a feed must not claim to be complete.</summary>
    public bool IsLevel => time.GetElapsedTime(Interlocked.Read(ref _lastRead)) < options.Value.PollInterval + TimeSpan.FromSeconds(2);

    public long LastId => _state.LastId;

    /// <summary>Call after a commit that added rows: they go out now and not at the next poll.</summary>
    public void Nudge() => _nudge.Give();

    /// <returns>
    /// What is newer than <paramref name="id"/> and still covers a living token, and the newest id; both of one moment, so that nothing falls between.
    /// </returns>
    public (IReadOnlyList<Revocation> Newer, long LastId) Since(long id)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var state = _state;
        return ([.. state.Living.Where(k => k.Revocation.Id > id && IsNeeded(k, now)).Select(k => k.Revocation)], state.LastId);
    }

    // By the time that passes as well, which a clock that jumps ahead does not move: in the end both agree.
    private bool IsNeeded(Known known, long now) => known.Revocation.ExpiresAt > now || time.GetElapsedTime(known.Since) < RevocationStore.LongestTokenLife;

    /// <summary>Waits for something newer than <paramref name="id"/>.</summary>
    /// <returns>False when nothing came in this time.</returns>
    public async Task<bool> IsNewerWithinAsync(long id, TimeSpan patience, CancellationToken cancellationToken)
    {
        var state = _state;
        if (state.LastId > id) return true;
        try
        {
            await state.Changed.Task.WaitAsync(patience, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        notices.On(ChangeNotices.Revocations, Nudge);
        await ReadAsync(cancellationToken); // before the server listens: the first snapshot is whole
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _nudge.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var lastCleanUp = time.GetTimestamp();
        var failing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WaitForNudgeOrPollAsync(stoppingToken);
                await ReadAsync(stoppingToken);
                if (time.GetElapsedTime(lastCleanUp) >= CleanUpInterval)
                {
                    lastCleanUp = time.GetTimestamp();
                    await CleanUpAsync(stoppingToken);
                }

                failing = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever the database's driver throws: the feed outlives it, silent (see IsLevel), and goes on when it is back.
                if (!failing) Log.CannotRead(logger, e.GetBaseException().Message);
                failing = true;
            }
        }
    }

    private async Task WaitForNudgeOrPollAsync(CancellationToken stoppingToken)
    {
        using var poll = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var due = Task.Delay(options.Value.PollInterval, time, poll.Token);
        var nudged = _nudge.WaitAsync(poll.Token);
        await Task.WhenAny(due, nudged);
        await poll.CancelAsync();
        await Task.WhenAll(due, nudged).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        stoppingToken.ThrowIfCancellationRequested();
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        latest.Look();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var state = _state;
        // Those that ended lately, too: a machine that has just started may have a clock that is an hour ahead.
        var then = now - (long)RevocationStore.LongestTokenLife.TotalMilliseconds;
        var newer = await scope.ServiceProvider.GetRequiredService<RevocationStore>().AfterAsync(state.LastId, then, cancellationToken);
        var read = time.GetTimestamp();
        Interlocked.Exchange(ref _lastRead, read);
        if (newer.Count == 0) return;

        _state = new State(
            [.. state.Living.Where(k => IsNeeded(k, now)), .. newer.Select(r => new Known(r, read))], newer[^1].Id, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        state.Changed.SetResult();
    }

    private async Task CleanUpAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var store = scope.ServiceProvider.GetRequiredService<RevocationStore>();
        while (await store.CleanUpAsync((time.GetUtcNow() - KeptBeyondItsEnd).ToUnixTimeMilliseconds(), cancellationToken))
        {
            // Batch by batch: each is a transaction of its own and keeps no writer waiting for long.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Revocations cannot be read from the database: {Reason}. Feeds are silent until they can")]
        public static partial void CannotRead(ILogger logger, string reason);
    }
}
