using FrontDoor.Gateway.Configuration;
using Microsoft.Extensions.Primitives;

namespace FrontDoor.Gateway.Authentication;

/// <summary>Runs something beside the requests for each issuer, from when it is trusted until it no longer is.</summary>
internal abstract class PerIssuer(CurrentConfig current, TrustedIssuers issuers) : BackgroundService
{
    private readonly Dictionary<TrustedIssuer, (CancellationTokenSource Stop, Task Work)> _running = new(ReferenceEqualityComparer.Instance);
    private readonly SemaphoreSlim _changed = new(0);

    /// <summary>Returns when told to stop, and throws nothing for what the issuer does.</summary>
    protected abstract Task RunAsync(TrustedIssuer issuer, CancellationToken stoppingToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var changes = ChangeToken.OnChange(current.GetChangeToken, () => _changed.Release());
        while (!stoppingToken.IsCancellationRequested)
        {
            await FollowAsync(issuers.All, stoppingToken);
            await _changed.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_running.Values.Select(r => r.Work));
    }

    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    private async Task FollowAsync(IReadOnlyCollection<TrustedIssuer> trusted, CancellationToken stoppingToken)
    {
        foreach (var gone in _running.Keys.Except(trusted, ReferenceEqualityComparer.Instance).Cast<TrustedIssuer>().ToArray())
        {
            _running.Remove(gone, out var run);
            await run.Stop.CancelAsync();
            await run.Work;
            run.Stop.Dispose();
        }

        foreach (var added in trusted.Where(t => !_running.ContainsKey(t)))
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            _running.Add(added, (stop, RunAsync(added, stop.Token)));
        }
    }
}
