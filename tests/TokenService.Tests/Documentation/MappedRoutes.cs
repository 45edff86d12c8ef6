using FrontDoor.TestKit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FrontDoor.TokenService.Tests.Documentation;

/// <summary>What the service has mapped.</summary>
/// <param name="Path">Parameters as in the OpenAPI document: <c>{id}</c>.</param>
/// <param name="Methods">Empty: any.</param>
/// <param name="IsDescribed">Whether it belongs into the document.</param>
internal sealed record MappedRoute(string Path, IReadOnlyList<string> Methods, bool IsDescribed);

internal static class MappedRoutes
{
    public static IReadOnlyList<MappedRoute> Routes(this TokenServiceApp app) =>
        [.. app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(endpoint => new MappedRoute(
            "/" + endpoint.RoutePattern.RawText!.Trim('/'),
            endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [],
            endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not { ExcludeFromDescription: true }))];
}
