using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace FrontDoor.Gateway.Streams;

/// <summary>
/// Behind a 101 nothing is judged any more, so there is none that was not asked for: neither a back end by mistake nor a client that has it answer so opens a tunnel past
/// the gateway. YARP opens one for whatever has that status.
/// </summary>
internal sealed class CheckUpgrades : ITransformProvider
{
    public void ValidateRoute(TransformRouteValidationContext context)
    {
        // Nothing per route.
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
        // Nothing per cluster.
    }

    public void Apply(TransformBuilderContext context) => context.AddResponseTransform(transform =>
    {
        // YARP makes a 502 of it and ends the connection.
        if (transform.ProxyResponse is { StatusCode: HttpStatusCode.SwitchingProtocols } answer && !WasAskedFor(transform.HttpContext, answer))
            throw new HttpRequestException(HttpRequestError.InvalidResponse, "The destination switched protocols without being asked to");
        return ValueTask.CompletedTask;
    });

    private static bool WasAskedFor(HttpContext context, HttpResponseMessage answer) =>
        context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
        && context.Request.Headers.Upgrade is [{ Length: > 0 } asked]
        && answer.Headers.Upgrade.ToString().Equals(asked, StringComparison.OrdinalIgnoreCase)
        && (!WebSocketHandshake.IsOne(context) || WebSocketHandshake.IsAcceptedBy(answer, context.Request));
}
