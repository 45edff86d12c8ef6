using System.Diagnostics;
using OpenTelemetry.Trace;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace FrontDoor.Gateway.Observability;

/// <summary>
/// Tells back ends the request's W3C trace context where nobody collects spans. The framework's client would begin an activity of its own for
/// that, on every request; where spans are collected it does, since that activity is the span of the attempt.
/// </summary>
internal sealed class TraceContext(IServiceProvider services) : ITransformProvider
{
    /// <summary>Whether this is done here; the client then must not do it again.</summary>
    public bool IsToldByUs { get; } = services.GetService<TracerProvider>() is null;

    public void ValidateRoute(TransformRouteValidationContext context)
    {
        // Nothing per route.
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
        // Nothing per cluster.
    }

    public void Apply(TransformBuilderContext context)
    {
        if (!IsToldByUs) return;
        context.AddRequestTransform(static transform =>
        {
            if (Activity.Current is { } activity)
                DistributedContextPropagator.Current.Inject(activity, transform.ProxyRequest, static (request, name, value) => Set((HttpRequestMessage)request!, name, value));
            return ValueTask.CompletedTask;
        });
    }

    // Never the client's beside it: what it sent is part of this one, or was not legal.
    private static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }
}
