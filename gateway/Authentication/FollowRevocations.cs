namespace FrontDoor.Gateway.Authentication;

/// <summary>Follows the feeds of all issuers that have one, for as long as the gateway runs.</summary>
internal sealed class FollowRevocations(TrustedIssuers issuers, IHttpClientFactory http, TimeProvider time, ILogger<RevocationFeed> logger) : BackgroundService
{
    private readonly List<RevocationFeed> _feeds = [];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // What was saved is known before the first request is heard.
        foreach (var issuer in issuers.All)
        {
            if (issuer.Options.Revocations is not { } options) continue;
            var state = new RevocationState(options.StateFile, logger);
            state.LoadInto(issuer.Revocations);
            _feeds.Add(new RevocationFeed(issuer.Options.Issuer, options, issuer.Revocations, state, http.CreateClient(nameof(RevocationFeed)), time, logger));
        }

        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_feeds.Select(feed => feed.FollowAsync(stoppingToken)));
}
