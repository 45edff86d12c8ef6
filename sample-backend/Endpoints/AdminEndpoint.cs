namespace FrontDoor.SampleBackend.Endpoints;

/// <summary>A route for administrators. Nothing here checks that: the gateway's policy does.</summary>
internal static class AdminEndpoint
{
    public static void MapAdmin(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/admin", (ForwardedIdentity? identity, ServedRequests served, Instance instance) => new Admin(
            "You are here because the gateway's policy for this route let you through.",
            identity?.User,
            identity?.Roles ?? [],
            (long)served.Uptime.TotalSeconds,
            served.Count,
            instance.Name));

    private sealed record Admin(
        string Message, string? User, IReadOnlyList<string> Roles, long UptimeSeconds, long RequestsServed, string Instance);
}
