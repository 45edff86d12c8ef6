using FrontDoor.Gateway.Configuration;

namespace FrontDoor.Gateway.Authentication;

/// <summary>Fetches every issuer's keys at start and then regularly, so that no request has to wait for them.</summary>
internal sealed class KeepKeysFresh(CurrentConfig current, TrustedIssuers issuers, TimeProvider time) : PerIssuer(current, issuers)
{
    protected override async Task RunAsync(TrustedIssuer issuer, CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await issuer.Keys.RefreshAsync();
                await Task.Delay(issuer.Keys.NextRefresh, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops, or the issuer is no longer trusted.
        }
    }
}
