using System.Diagnostics;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace FrontDoor.Gateway.Observability;

/// <summary>How long a back end took until the head of its answer was here, further attempts included.</summary>
internal sealed class UpstreamTime
{
    private readonly long _sent = Stopwatch.GetTimestamp();
    private long _answered;

    /// <summary>Null while there is no answer.</summary>
    public TimeSpan? Elapsed => _answered == 0 ? null : Stopwatch.GetElapsedTime(_sent, _answered);

    /// <summary>Takes the time of every forwarded request.</summary>
    internal sealed class Watch : ITransformProvider
    {
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
            context.AddRequestTransform(static transform =>
            {
                transform.HttpContext.Features.Set(new UpstreamTime());
                return ValueTask.CompletedTask;
            });
            context.AddResponseTransform(static transform =>
            {
                if (transform.ProxyResponse is not null && transform.HttpContext.Features.Get<UpstreamTime>() is { } time) time._answered = Stopwatch.GetTimestamp();
                return ValueTask.CompletedTask;
            });
        }
    }
}
