namespace FrontDoor.Gateway.IdentityPropagation;

/// <summary>What becomes of the client's <c>Authorization</c> field.</summary>
internal enum CredentialHandling
{
    /// <summary>The back end receives it. The default.</summary>
    Forward,

    /// <summary>It stays here. A value that a transform of the route sets is sent.</summary>
    Drop,
}

/// <summary>Which verified claims reach back ends, and how. Section <c>IdentityPropagation</c>.</summary>
internal sealed record IdentityOptions
{
    public const string Section = "IdentityPropagation";

    /// <summary>
    /// Claim by header name; the claim by its name or by a path such as <c>team.name</c>. Client-sent copies of every header named here are
    /// removed. Default: see <see cref="DefaultHeaders"/>. With several issuers <c>X-Forwarded-Issuer</c> is added, unless the claim <c>iss</c> has a header here.
    /// </summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Further client-sent headers to remove, by the start of their folded name (letters and digits alone). Default none.</summary>
    public IReadOnlyList<string> AlsoRemove { get; init; } = [];

    /// <summary><c>Forward</c> or <c>Drop</c>, on anonymous routes too. Default <c>Forward</c>.</summary>
    public CredentialHandling Authorization { get; init; }

    /// <summary>
    /// Most bytes of all identity headers of one request together, names included. A token whose claims do not fit is answered 403, since a back
    /// end would refuse the request or, worse, see a part. Default 8192; from 256 to 65536.
    /// </summary>
    public int MaxHeaderBytes { get; init; } = 8192;

    /// <summary>What is different for single routes, by route id. Default none.</summary>
    public IReadOnlyDictionary<string, RouteIdentityOptions> Routes { get; init; } = new Dictionary<string, RouteIdentityOptions>();

    public IReadOnlyDictionary<string, string> EffectiveHeaders => Headers.Count > 0 ? Headers : DefaultHeaders;

    /// <summary>Of every route: no client may send one of these on any.</summary>
    public IEnumerable<string> AllHeaderNames => EffectiveHeaders.Keys.Concat(Routes.Values.SelectMany(r => r.Headers.Keys));

    public CredentialHandling AuthorizationOn(string route) =>
        Routes.FirstOrDefault(r => r.Key.Equals(route, StringComparison.OrdinalIgnoreCase)).Value?.Authorization ?? Authorization;

    public static readonly IReadOnlyDictionary<string, string> DefaultHeaders = new Dictionary<string, string>
    {
        ["X-Forwarded-User"] = "sub",
        ["X-Forwarded-Name"] = "name",
        ["X-Forwarded-Roles"] = "roles",
        ["X-Forwarded-Scopes"] = "scope",
        // Equal to the user where a service calls for itself (RFC 9068 section 2.2).
        ["X-Forwarded-Client"] = "client_id",
    };
}

/// <summary>Identity on one route.</summary>
internal sealed record RouteIdentityOptions
{
    /// <summary>Instead of the general ones, all of them. Default: the general ones.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary><c>Forward</c> or <c>Drop</c>. Default: as in general.</summary>
    public CredentialHandling? Authorization { get; init; }
}
