using System.Diagnostics;
using Microsoft.Net.Http.Headers;
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
    /// <summary>Whether this is always done here; the client then must not do it again.</summary>
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
        context.AddRequestTransform(transform =>
        {
            // No activity though there is a collector: OTEL_SDK_DISABLED, for one. The client then says nothing.
            if (!IsToldByUs && Activity.Current is not null) return ValueTask.CompletedTask;
            var (context, headers) = (transform.HttpContext, transform.ProxyRequest.Headers);
            // Never another beside it: what the client sent is part of this one, or was not legal.
            headers.Remove(HeaderNames.TraceParent);
            headers.TryAddWithoutValidation(HeaderNames.TraceParent, RequestTrace.ParentOf(context));
            if (context.Request.Headers.TraceState.Count > 0 && !RequestTrace.IsOfClient(context)) headers.Remove(HeaderNames.TraceState);
            return ValueTask.CompletedTask;
        });
    }
}
