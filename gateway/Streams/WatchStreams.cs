using System.Net;
using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Forwarding;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace FrontDoor.Gateway.Streams;

/// <summary>Recognises answers that may outlive the token that asked for them, and has them watched.</summary>
internal sealed class WatchStreams(ProxyConfigProvider provider, LiveStreams streams, TimeProvider time) : ITransformProvider
{
    public void ValidateRoute(TransformRouteValidationContext context)
    {
        // Its settings have a section and a validator of their own.
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
        // Nothing per cluster.
    }

    public void Apply(TransformBuilderContext context)
    {
        var route = context.Route.RouteId;
        var endWith = provider.ConfigOf(context.Route).Streams.For(route);
        if (endWith == StreamEnd.Never) return;

        context.AddRequestTransform(transform =>
        {
            if (PendingCall.IsOne(transform.HttpContext.Request) && ValidatedToken.Of(transform.HttpContext.User) is { } token)
                transform.ProxyRequest.Options.Set(PendingCall.Key, new PendingCall(token, endWith, route));
            return ValueTask.CompletedTask;
        });
        context.AddResponseTransform(transform =>
        {
            // An anonymous route has no token, and so nothing to outlive.
            if (transform.ProxyResponse is { } answer && MayLast(answer) && ValidatedToken.Of(transform.HttpContext.User) is { } token)
                Watch(transform.HttpContext, answer, token, endWith, route);
            return ValueTask.CompletedTask;
        });
    }

    // An answer with a length ends by itself.
    private static bool MayLast(HttpResponseMessage answer) =>
        answer.StatusCode == HttpStatusCode.SwitchingProtocols || answer.Content.Headers.ContentLength is null;

    private void Watch(HttpContext context, HttpResponseMessage answer, ValidatedToken token, StreamEnd endWith, string route)
    {
        var lastWords = LastWordsOf(context, answer);
        answer.Content = new WrappedContent(answer.Content, stream =>
        {
            var life = new LiveStream(token, endWith, route, time) { MidMessage = () => lastWords.MidMessage };
            streams.Add(life);
            return new EndingStream(stream, life, streams, lastWords);
        });
    }

    private LastWords LastWordsOf(HttpContext context, HttpResponseMessage answer)
    {
        if (WebSocketHandshake.IsOne(context)) return new WebSocketLastWords(time);
        var type = answer.Content.Headers.ContentType?.MediaType ?? "";
        if (type.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase)) return new EventsLastWords();
        return type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) ? new GrpcLastWords(context.Response) : new NoLastWords();
    }
}
