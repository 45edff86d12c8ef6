namespace FrontDoor.Gateway.Authentication;

/// <summary>Follows the feeds of all issuers that have one, for as long as the gateway runs.</summary>
internal sealed class FollowRevocations(TrustedIssuers issuers, IHttpClientFactory http, TimeProvider time, ILogger<RevocationFeed> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(issuers.All
        .Where(issuer => issuer.Options.Revocations is not null)
        .Select(issuer => FeedOf(issuer).FollowAsync(stoppingToken)));

    private RevocationFeed FeedOf(TrustedIssuer issuer)
    {
        var options = issuer.Options.Revocations!;
        return new RevocationFeed(
            issuer.Options.Issuer, options, issuer.Revocations, new RevocationState(options.StateFile, logger), http.CreateClient(nameof(RevocationFeed)), time, logger);
    }
}
