using System.Net;
using FrontDoor.Gateway.Forwarding;
using FrontDoor.Gateway.Streams;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace FrontDoor.Gateway.Upstream;

/// <summary>Takes answers off the hands of a cluster with <see cref="ClusterUpstream.BufferResponses"/> as fast as it gives them, as nginx does; clients read at their own pace.</summary>
internal sealed partial class BufferAnswers(ProxyConfigProvider provider, ILogger<BufferAnswers> logger) : ITransformProvider
{
    public void ValidateRoute(TransformRouteValidationContext context)
    {
        // Its setting has a section of its own.
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
        // Likewise.
    }

    public void Apply(TransformBuilderContext context)
    {
        var config = provider.ConfigOf(context.Route);
        if (!config.Upstream.Of(config.Routes[context.Route.RouteId].ClusterId!).BufferResponses) return;
        context.AddResponseTransform(transform =>
        {
            if (transform.ProxyResponse is { } answer && MayBuffer(answer))
                answer.Content = new WrappedContent(answer.Content, stream => new ReadAheadStream(stream, new AnswerStore(TemporaryFile.Create, fault => Log.NotKept(logger, fault.Message))));
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>Not what is a conversation, nor what the back end wants left alone (nginx's <c>X-Accel-Buffering</c>).</summary>
    public static bool MayBuffer(HttpResponseMessage answer)
    {
        if (answer.StatusCode == HttpStatusCode.SwitchingProtocols || answer.Content.Headers.ContentLength == 0) return false;
        if (answer.Headers.TryGetValues("X-Accel-Buffering", out var wish) && wish.Any(w => w.Equals("no", StringComparison.OrdinalIgnoreCase))) return false;
        var type = answer.Content.Headers.ContentType?.MediaType ?? "";
        return !type.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase) && !type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "An answer cannot be written to the folder for temporary files and is passed on as fast as its client reads: {Message}")]
        public static partial void NotKept(ILogger logger, string message);
    }
}
