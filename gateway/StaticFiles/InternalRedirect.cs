using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>A back end's word that the answer is a file of an internal site.</summary>
/// <param name="Target">As the back end wrote it.</param>
internal sealed record HandedOver(string Target);

/// <summary>Part of the endpoints whose back ends may hand files over.</summary>
internal sealed class MayHandOver;

/// <summary>
/// <c>X-Accel-Redirect</c>, nginx's way for a back end to authorize a download and leave the sending to the server. Counts on routes or clusters
/// with the metadata <c>InternalRedirect: "true"</c>; everywhere else the field is only taken out of the answer.
/// </summary>
internal sealed class InternalRedirect : ITransformProvider
{
    public const string Field = "X-Accel-Redirect";

    private const string Setting = "InternalRedirect";

    /// <returns>Why the setting cannot be read; null when it can, or is not there.</returns>
    public static string? Fault(IReadOnlyDictionary<string, string>? metadata, string path) =>
        ValueIn(metadata) is { } value && !bool.TryParse(value, out _) ? $"{path}:Metadata:{Setting} is '{value}'; it must be true or false" : null;

    /// <summary>Whether the back ends of this route may hand files over.</summary>
    public static bool IsAllowed(RouteConfig route, ClusterConfig? cluster) => bool.TryParse(ValueIn(route.Metadata) ?? ValueIn(cluster?.Metadata), out var value) && value;

    /// <summary>Has the client of a cluster read the field in a form that can be passed on.</summary>
    public static void ReadBy(SocketsHttpHandler handler)
    {
        var others = handler.ResponseHeaderEncodingSelector;
        handler.ResponseHeaderEncodingSelector = (name, request) =>
            name.Length == Field.Length && name.Equals(Field, StringComparison.OrdinalIgnoreCase) ? EscapedOctets.Instance : others?.Invoke(name, request);
    }

    public void ValidateRoute(TransformRouteValidationContext context)
    {
        // Checked with the whole configuration (RouteCheck).
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
        // The same.
    }

    public void Apply(TransformBuilderContext context)
    {
        var allowed = IsAllowed(context.Route, context.Cluster);
        // A back end that echoes what it received must not hand over what its client asked for.
        if (allowed) context.AddRequestHeaderRemove(Field);
        context.AddResponseTransform(response =>
        {
            TakeOut(response, allowed);
            return ValueTask.CompletedTask;
        });
    }

    private static void TakeOut(ResponseTransformContext response, bool allowed)
    {
        if (!response.HttpContext.Response.Headers.Remove(Field, out var target) || !allowed || response.ProxyResponse?.IsSuccessStatusCode != true) return;
        response.HttpContext.Features.Set(new HandedOver(target.ToString()));
        response.SuppressResponseBody = true;
    }

    private static string? ValueIn(IReadOnlyDictionary<string, string>? metadata) => metadata?.GetValueOrDefault(Setting);
}
