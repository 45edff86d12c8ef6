using FrontDoor.Gateway.Configuration;

namespace FrontDoor.Gateway.Authentication;

/// <summary>One issuer: what it may say, the keys it says it with, and what it takes back.</summary>
internal sealed record TrustedIssuer(IssuerOptions Options, IssuerKeys Keys, RevocationList Revocations)
{
    /// <summary>Whether its revocation feed, if it has one, was heard lately.</summary>
    public bool RevocationsAreFresh => Options.Revocations is not { } options || Revocations.HeardWithin(options.StaleAfter);
}

/// <summary>The issuers of one configuration, by exact <c>iss</c>.</summary>
internal sealed class IssuerSet(Dictionary<string, TrustedIssuer> byName, IssuersOptions options, SettingsText text)
{
    public IReadOnlyCollection<TrustedIssuer> All => byName.Values;

    public TrustedIssuer? Find(string issuer) => byName.GetValueOrDefault(issuer);

    /// <summary>Whether it is trusted just so. One whose settings have changed is another one.</summary>
    public bool Has(TrustedIssuer issuer) => ReferenceEquals(Find(issuer.Options.Issuer), issuer);

    /// <returns>The issuer of this entry, if its settings are the same there.</returns>
    public TrustedIssuer? Unchanged(string entry, SettingsText there) =>
        options.TryGetValue(entry, out var here) && text.SameAs(there, $"{IssuerOptions.Section}:{entry}") ? Find(here.Issuer) : null;
}

/// <summary>The issuers of each configuration. An unchanged one is kept as it is; of a changed one, what it has revoked and its keys.</summary>
internal sealed class TrustedIssuers
{
    private readonly Derived<IssuerSet> _sets;
    private readonly CurrentConfig _current;
    private readonly IHttpClientFactory _http;
    private readonly TimeProvider _time;
    private readonly ILogger<IssuerKeys> _keysLogger;
    private readonly ILogger<RevocationFeed> _feedLogger;

    public TrustedIssuers(CurrentConfig current, IHttpClientFactory http, TimeProvider time, ILogger<IssuerKeys> keysLogger, ILogger<RevocationFeed> feedLogger)
    {
        (_current, _http, _time, _keysLogger, _feedLogger) = (current, http, time, keysLogger, feedLogger);
        _sets = current.Derive<IssuerSet>(Make);
    }

    public IReadOnlyCollection<TrustedIssuer> All => _sets.Now.All;

    public TrustedIssuer? Find(string issuer) => _sets.Now.Find(issuer);

    /// <summary>Those of the configuration that the request's route is from.</summary>
    public IssuerSet For(HttpContext context) => _sets.Of(_current.For(context));

    private IssuerSet Make(GatewayConfig config, IssuerSet? before)
    {
        var byName = new Dictionary<string, TrustedIssuer>(StringComparer.Ordinal);
        foreach (var (entry, options) in config.Issuers)
            byName.Add(options.Issuer, before?.Unchanged(entry, config.Text) ?? Make(options, before?.Find(options.Issuer)));
        return new IssuerSet(byName, config.Issuers, config.Text);
    }

    private TrustedIssuer Make(IssuerOptions options, TrustedIssuer? before)
    {
        var keys = new IssuerKeys(options, new KeyDocuments(_http.CreateClient(nameof(KeyDocuments))), _time, _keysLogger);
        if (before?.Options.EffectiveMetadataAddress == options.EffectiveMetadataAddress) keys.TakeOver(before.Keys);

        // What was saved is known before the first request is heard; what was followed so far is newer.
        var revocations = before?.Revocations ?? new RevocationList(_time);
        if (options.Revocations is { } feed && before?.Options.Revocations is null) new RevocationState(feed.StateFile, _feedLogger).LoadInto(revocations);
        return new TrustedIssuer(options, keys, revocations);
    }
}
