using FrontDoor.Gateway.Configuration;

namespace FrontDoor.Gateway.Authentication;

/// <summary>Follows the feeds of all issuers that have one.</summary>
internal sealed class FollowRevocations(CurrentConfig current, TrustedIssuers issuers, IHttpClientFactory http, TimeProvider time, ILogger<RevocationFeed> logger)
    : PerIssuer(current, issuers)
{
    protected override Task RunAsync(TrustedIssuer issuer, CancellationToken stoppingToken)
    {
        if (issuer.Options.Revocations is not { } options) return Task.CompletedTask;
        var state = new RevocationState(options.StateFile, logger);
        return new RevocationFeed(issuer.Options.Issuer, options, issuer.Revocations, state, http.CreateClient(nameof(RevocationFeed)), time, logger).FollowAsync(stoppingToken);
    }
}
