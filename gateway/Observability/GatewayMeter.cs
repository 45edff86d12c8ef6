using System.Diagnostics.Metrics;

namespace FrontDoor.Gateway.Observability;

/// <summary>
/// The instruments that requests write to. Their tags have few values, all of the operator's choosing: never a path, an address or a user. What the
/// gateway merely holds is read when somebody asks, see <see cref="GatewayGauges"/>.
/// </summary>
internal sealed class GatewayMeter
{
    public const string Name = "FrontDoor.Gateway";

    public const string OutcomeRemembered = "remembered";
    public const string OutcomeValidated = "validated";
    public const string OutcomeNone = "none";

    private static readonly string[] StatusClasses = ["other", "1xx", "2xx", "3xx", "4xx", "5xx"];

    private readonly Histogram<double> _requests;
    private readonly Counter<long> _authentications;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _elsewhere;
    private long _remembered;
    private long _validated;
    private long _tokensRefused;

    public GatewayMeter(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _requests = meter.CreateHistogram("gateway.request.duration", "s", "Requests, from the first byte read to the last written (route, cluster, status: 2xx, 4xx …)",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _authentications = meter.CreateCounter<long>(
            "gateway.authentication.results", "{request}", "Requests to routes that need a token (outcome: remembered, validated, none, unavailable, or why the token was refused)");
        _refused = meter.CreateCounter<long>("gateway.rate_limits.refused", "{request}", "Requests that a limit turned away (limit, route)");
        _elsewhere = meter.CreateCounter<long>("gateway.upstream.further_attempts", "{attempt}", "Retries, hedges, and first attempts that an open circuit sent elsewhere (cluster)");
    }

    /// <summary>Tokens found in the token cache, for the dashboard: instruments cannot be read.</summary>
    public long Remembered => Interlocked.Read(ref _remembered);

    /// <summary>Tokens checked anew and found good.</summary>
    public long Validated => Interlocked.Read(ref _validated);

    public long TokensRefused => Interlocked.Read(ref _tokensRefused);

    /// <summary>Of the status, which alone would be sixty series for each route.</summary>
    public static string StatusClass(int status) => StatusClasses[status is >= 100 and < 600 ? status / 100 : 0];

    public void Answered(string route, string cluster, int status, TimeSpan elapsed) =>
        _requests.Record(elapsed.TotalSeconds, new("route", route), new("cluster", cluster), new("status", StatusClass(status)));

    public void Authenticated(string outcome)
    {
        _authentications.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        switch (outcome)
        {
            case OutcomeRemembered: Interlocked.Increment(ref _remembered); break;
            case OutcomeValidated: Interlocked.Increment(ref _validated); break;
            case OutcomeNone: break;
            default: Interlocked.Increment(ref _tokensRefused); break;
        }
    }

    public void Refused(string limit, string route) => _refused.Add(1, new("limit", limit), new("route", route));

    public void TriedElsewhere(string cluster) => _elsewhere.Add(1, new KeyValuePair<string, object?>("cluster", cluster));
}
