namespace FrontDoor.Gateway.Authentication;

/// <summary>Fetches every issuer's keys at start and then regularly, so that no request has to wait for them.</summary>
internal sealed class KeepKeysFresh(TrustedIssuers issuers, TimeProvider time) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(issuers.All.Select(i => KeepAsync(i.Keys, stoppingToken)));

    private async Task KeepAsync(IssuerKeys keys, CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await keys.RefreshAsync();
                await Task.Delay(keys.NextRefresh, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }
}
