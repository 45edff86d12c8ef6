using System.Net;
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
        if (transform.ProxyResponse is { StatusCode: HttpStatusCode.SwitchingProtocols } answer && !WasAskedFor(answer))
            throw new HttpRequestException(HttpRequestError.InvalidResponse, "The destination switched protocols without being asked to");
        return ValueTask.CompletedTask;
    });

    // By what the back end was sent: YARP passes an upgrade on only from a client that may ask for one, and for a WebSocket of HTTP/2 it asks itself.
    private static bool WasAskedFor(HttpResponseMessage answer) =>
        answer.RequestMessage is { } request
        && request.Headers.Upgrade.ToString() is { Length: > 0 } asked
        && answer.Headers.Upgrade.ToString().Equals(asked, StringComparison.OrdinalIgnoreCase)
        && (!WebSocketHandshake.IsAskedBy(request) || WebSocketHandshake.IsAcceptedBy(answer, request));
}
