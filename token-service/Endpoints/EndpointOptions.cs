using System.Net;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>Section <c>Endpoints</c>.</summary>
internal sealed record EndpointOptions
{
    public const string Section = "Endpoints";

    /// <summary>
    /// Networks (CIDR) of the gateways, whose <c>X-Forwarded-For</c> is believed: it decides whom throttling counts and what a session's address is.
    /// Default: this machine. Anybody else's header is ignored.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>
    /// Whether <c>/openapi/v1.json</c> and the reference page <c>/docs</c> are served. Default true: they tell nothing that is secret, and no route of the
    /// gateway leads there.
    /// </summary>
    public bool ApiDocumentation { get; init; } = true;

    /// <summary>The networks, with the default applied.</summary>
    public IReadOnlyList<string> EffectiveTrustedProxies => TrustedProxies.Count > 0 ? TrustedProxies : ["127.0.0.0/8", "::1/128"];
}

internal sealed class EndpointOptionsValidator : IValidateOptions<EndpointOptions>
{
    public ValidateOptionsResult Validate(string? name, EndpointOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        foreach (var network in options.TrustedProxies.Where(n => !IPNetwork.TryParse(n, out _)))
            faults.AddError($"Endpoints:TrustedProxies has '{network}'; a network is written like 10.0.0.0/8 or fd00::/8");
        return faults.Build();
    }
}
