using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Authentication;

/// <summary>Where an issuer says which tokens it no longer stands by. Section <c>Issuers:&lt;name&gt;:Revocations</c>.</summary>
internal sealed record RevocationOptions
{
    /// <summary>Address of the issuer's feed, e.g. <c>http://token-service:8090/revocations/feed</c>. Required.</summary>
    public string FeedAddress { get; init; } = "";

    /// <summary>A file whose content is the secret that the feed asks for. Required.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>Where the list is kept, so that a restarted gateway knows it before the feed answers. Default null: in memory alone.</summary>
    public string? StateFile { get; init; }

    /// <summary>The list counts as stale when the feed has been silent this long. Default 30 seconds; from 2 seconds to 1 hour.</summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>Open</c> (default): tokens are accepted by a stale list, they are short-lived. <c>Closed</c>: 503 until the feed is back.</summary>
    public StalePolicy WhenStale { get; init; } = StalePolicy.Open;

    public void Check(string path, ValidateOptionsResultBuilder faults)
    {
        if (!Uri.TryCreate(FeedAddress, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            faults.AddError($"{path}:FeedAddress is '{FeedAddress}'; it must be an http(s) address");
        if (!File.Exists(KeyFile)) faults.AddError($"{path}:KeyFile names a file that does not exist: '{KeyFile}'");
        if (StateFile is { Length: 0 }) faults.AddError($"{path}:StateFile is empty; leave it out to keep the list in memory alone");
        if (StaleAfter < TimeSpan.FromSeconds(2) || StaleAfter > TimeSpan.FromHours(1))
            faults.AddError($"{path}:StaleAfter is {StaleAfter}; it must be from 00:00:02 to 01:00:00");
    }
}

internal enum StalePolicy
{
    Open,
    Closed,
}
