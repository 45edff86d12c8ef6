namespace FrontDoor.SampleBackend.Endpoints;

/// <summary>Who am I? Also the first place to look when a gateway forwards no identity: it says so instead of failing.</summary>
internal static class ProfileEndpoint
{
    public static void MapProfile(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/profile", (ForwardedIdentity? identity, HttpContext context, Instance instance) => identity is null
            ? new Profile(null, null, [], [], Anonymous: true, "none", Trusted: false,
                "No identity arrived: there is not exactly one X-Forwarded-User header. Either this request did not come "
                + "through the gateway, or its route is anonymous, or the gateway is not set to forward the identity.",
                instance.Name,
                SignedBy: null)
            : new Profile(identity.User, identity.Name, identity.Roles, identity.Scopes, Anonymous: false, "gateway", Trusted: true,
                "These come from headers the gateway stamps after verifying the token; client-sent copies are removed. "
                + "Trust them because this port is reachable from the gateway alone, or because its internal token was verified (signedBy).",
                instance.Name,
                context.User.FindFirst("iss")?.Value));

    private sealed record Profile(
        string? User,
        string? Name,
        IReadOnlyList<string> Roles,
        IReadOnlyList<string> Scopes,
        bool Anonymous,
        string Source,
        bool Trusted,
        string Note,
        string Instance,
        string? SignedBy);
}
