using System.Diagnostics.Metrics;

namespace FrontDoor.TokenService.Observability;

/// <summary>The instruments that requests write to. Never a user, an address or a session among the tags. What the service holds: <see cref="TokenServiceGauges"/>.</summary>
internal sealed class TokenServiceMeter
{
    public const string Name = "FrontDoor.TokenService";

    private readonly Counter<long> _signIns;
    private readonly Counter<long> _refreshes;
    private readonly Counter<long> _started;
    private readonly Counter<long> _ended;
    private readonly UpDownCounter<long> _feeds;

    public TokenServiceMeter(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _signIns = meter.CreateCounter<long>("token_service.sign_ins", "{attempt}", "Passwords that were to be checked (outcome: Succeeded, Throttled, Busy, or why not)");
        _refreshes = meter.CreateCounter<long>("token_service.refreshes", "{request}", "Refreshes (outcome: Issued, Grace, Reuse, Ended, Expired …)");
        _started = meter.CreateCounter<long>("token_service.sessions.started", "{session}", "Sessions begun");
        _ended = meter.CreateCounter<long>("token_service.sessions.ended", "{session}", "Sessions ended before their time (reason)");
        _feeds = meter.CreateUpDownCounter<long>("token_service.feeds", "{connection}", "Gateways that follow the revocation feed");
    }

    public void SignedIn(string outcome) => _signIns.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Refreshed(string outcome) => _refreshes.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void SessionStarted() => _started.Add(1);

    public void SessionsEnded(int count, string reason) => _ended.Add(count, new KeyValuePair<string, object?>("reason", reason));

    public void FeedOpened() => _feeds.Add(1);

    public void FeedClosed() => _feeds.Add(-1);
}
