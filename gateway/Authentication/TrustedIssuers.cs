using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Authentication;

/// <summary>One issuer: what it may say and the keys it says it with.</summary>
internal sealed record TrustedIssuer(IssuerOptions Options, IssuerKeys Keys);

/// <summary>The configured issuers, by exact <c>iss</c>.</summary>
internal sealed class TrustedIssuers
{
    private readonly Dictionary<string, TrustedIssuer> _byName;

    public TrustedIssuers(IOptions<IssuersOptions> options, IHttpClientFactory http, TimeProvider time, ILogger<IssuerKeys> logger) =>
        _byName = options.Value.Values.ToDictionary(
            issuer => issuer.Issuer,
            issuer => new TrustedIssuer(issuer, new IssuerKeys(issuer, new KeyDocuments(http.CreateClient(nameof(KeyDocuments))), time, logger)),
            StringComparer.Ordinal);

    public IReadOnlyCollection<TrustedIssuer> All => _byName.Values;

    public TrustedIssuer? Find(string issuer) => _byName.GetValueOrDefault(issuer);
}
