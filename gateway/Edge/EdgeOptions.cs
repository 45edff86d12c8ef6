using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Edge;

/// <summary>In which fields trusted proxies tell where a request came from.</summary>
internal enum ProxyFields
{
    /// <summary><c>X-Forwarded-For</c>, <c>X-Forwarded-Proto</c> and <c>X-Forwarded-Host</c>.</summary>
    XForwarded,

    /// <summary>RFC 7239's <c>Forwarded</c>.</summary>
    Forwarded,
}

/// <summary>What holds for every request: limits, and whose word is taken on where it came from. Section <c>Edge</c>.</summary>
internal sealed record EdgeOptions
{
    public const string Section = "Edge";

    /// <summary>Largest request body in bytes; a larger one is 413. Default 30,000,000; at least 0.</summary>
    public long MaxRequestBodyBytes { get; init; } = 30_000_000;

    /// <summary>Limits of connections.</summary>
    public ConnectionOptions Connections { get; init; } = new();

    /// <summary>
    /// Proxies in front of the gateway, as addresses or networks (<c>10.0.0.0/8</c>), whose word on client address, scheme, host and request id is taken. They must
    /// set or remove these fields themselves. Default none.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>Which fields they tell it in; the others are not looked at, since a proxy passes on what it does not know. Default XForwarded.</summary>
    public ProxyFields ProxyFields { get; init; } = ProxyFields.XForwarded;

    /// <summary>Whether back ends get RFC 7239's <c>Forwarded</c> beside <c>X-Forwarded-*</c>. Default false.</summary>
    public bool SendForwarded { get; init; }
}

internal sealed class EdgeOptionsValidator : IValidateOptions<EdgeOptions>
{
    public ValidateOptionsResult Validate(string? name, EdgeOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (options.MaxRequestBodyBytes < 0) faults.AddError($"Edge:MaxRequestBodyBytes is {options.MaxRequestBodyBytes}; it must be at least 0");
        options.Connections.AddFaults(faults);
        for (var i = 0; i < options.TrustedProxies.Count; i++)
        {
            // The whole Internet as a trusted proxy lets everybody choose an address (oauth2-proxy's old default, CVE-2026-41059).
            if (ProxyTrust.NetworkOf(options.TrustedProxies[i]) is not { PrefixLength: > 0 })
                faults.AddError($"Edge:TrustedProxies:{i} is '{options.TrustedProxies[i]}'; it must be an address or a network such as 10.0.0.0/8, and not everybody");
        }

        return faults.Build();
    }
}
