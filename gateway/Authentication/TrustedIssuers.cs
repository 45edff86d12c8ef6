using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Authentication;

/// <summary>One issuer: what it may say, the keys it says it with, and what it takes back.</summary>
internal sealed record TrustedIssuer(IssuerOptions Options, IssuerKeys Keys, RevocationList Revocations)
{
    /// <summary>Whether its revocation feed, if it has one, was heard lately.</summary>
    public bool RevocationsAreFresh => Options.Revocations is not { } options || Revocations.HeardWithin(options.StaleAfter);
}

/// <summary>The configured issuers, by exact <c>iss</c>.</summary>
internal sealed class TrustedIssuers
{
    private readonly Dictionary<string, TrustedIssuer> _byName;

    public TrustedIssuers(IOptions<IssuersOptions> options, IHttpClientFactory http, TimeProvider time, ILogger<IssuerKeys> logger) =>
        _byName = options.Value.Values.ToDictionary(
            issuer => issuer.Issuer,
            issuer => new TrustedIssuer(issuer, new IssuerKeys(issuer, new KeyDocuments(http.CreateClient(nameof(KeyDocuments))), time, logger), new RevocationList(time)),
            StringComparer.Ordinal);

    public IReadOnlyCollection<TrustedIssuer> All => _byName.Values;

    public TrustedIssuer? Find(string issuer) => _byName.GetValueOrDefault(issuer);
}
