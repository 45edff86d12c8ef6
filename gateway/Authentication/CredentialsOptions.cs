using System.Buffers;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Authentication;

/// <summary>Where else than in the Authorization field a token may be. Section <c>Credentials</c>.</summary>
internal sealed record CredentialsOptions
{
    public const string Section = "Credentials";

    /// <summary>By route id. A route that is not named takes a token from the Authorization field alone. Default none.</summary>
    public IReadOnlyDictionary<string, RouteCredentials> Routes { get; init; } = new Dictionary<string, RouteCredentials>();

    /// <summary>By name of a static site with a policy; a cookie alone. Default none.</summary>
    public IReadOnlyDictionary<string, RouteCredentials> Sites { get; init; } = new Dictionary<string, RouteCredentials>();

    public RouteCredentials? For(string route) => Routes.FirstOrDefault(r => r.Key.Equals(route, StringComparison.OrdinalIgnoreCase)).Value;

    public RouteCredentials? ForSite(string site) => Sites.FirstOrDefault(s => s.Key.Equals(site, StringComparison.OrdinalIgnoreCase)).Value;
}

/// <summary>Where the token of one route or site may also be. One request has one token: two are 400 (RFC 6750 section 2).</summary>
internal sealed record RouteCredentials
{
    /// <summary>
    /// Name of a cookie that may hold the token, e.g. <c>__Host-access</c>. Requests with it that change something, and WebSocket handshakes, must be
    /// known to be from the own origin or from <see cref="Origins"/>. Back ends never see the cookie. Default none.
    /// </summary>
    public string? Cookie { get; init; }

    /// <summary>
    /// Name of a query parameter that may hold the token of a WebSocket handshake, which browsers let have no Authorization field, e.g.
    /// <c>access_token</c>. Other requests never take it from there. Back ends and logs never see the parameter. Default none.
    /// </summary>
    public string? Query { get; init; }

    /// <summary>Other origins whose pages may send the cookie, e.g. <c>https://app.example.com</c>. Default none.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];
}

internal sealed class CredentialsOptionsValidator : IValidateOptions<CredentialsOptions>
{
    // RFC 9110 section 5.6.2; a parameter's name gets the same, so that it needs no escapes.
    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public ValidateOptionsResult Validate(string? name, CredentialsOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        foreach (var (route, credentials) in options.Routes) Check($"Credentials:Routes:{route}", credentials, faults);
        foreach (var (site, credentials) in options.Sites)
        {
            Check($"Credentials:Sites:{site}", credentials, faults);
            if (credentials.Query is not null) faults.AddError($"Credentials:Sites:{site}:Query is for WebSocket handshakes, and a site has none");
        }

        return faults.Build();
    }

    private static void Check(string path, RouteCredentials credentials, ValidateOptionsResultBuilder faults)
    {
        if (credentials is { Cookie: null, Query: null }) faults.AddError($"{path} names neither a Cookie nor a Query parameter");
        foreach (var (setting, value) in new[] { ("Cookie", credentials.Cookie), ("Query", credentials.Query) })
        {
            if (value is not null && (value.Length == 0 || value.AsSpan().ContainsAnyExcept(Token))) faults.AddError($"{path}:{setting} is '{value}'; it must be a name without spaces and separators");
        }

        if (credentials is { Cookie: null, Origins.Count: > 0 }) faults.AddError($"{path}:Origins is of no use without a Cookie");
        foreach (var origin in credentials.Origins.Where(o => !IsOrigin(o))) faults.AddError($"{path}:Origins has '{origin}'; an origin is scheme, host and port alone, e.g. https://app.example.com");
    }

    // As browsers write it: in lower case, without a default port (RFC 6454 section 6.2).
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.GetLeftPart(UriPartial.Authority) == text && address.UserInfo.Length == 0;
}
