namespace FrontDoor.SampleBackend.Endpoints;

/// <summary>For the gateway's active health checks and the container's.</summary>
internal static class HealthEndpoint
{
    public static void MapHealth(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/health", (Instance instance) => new Health("ok", instance.Name));

    private sealed record Health(string Status, string Instance);
}
