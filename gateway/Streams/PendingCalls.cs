using System.Net;
using FrontDoor.Gateway.Authentication;

namespace FrontDoor.Gateway.Streams;

/// <summary>A gRPC call on its way to the back end, which may take its time before it says anything.</summary>
internal sealed record PendingCall(ValidatedToken Token, StreamEnd EndWith, string Route)
{
    public static readonly HttpRequestOptionsKey<PendingCall> Key = new("FrontDoor.PendingCall");

    public static bool IsOne(HttpRequest request) => request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;
}

/// <summary>Ends gRPC calls whose token ends before the back end has sent a head. Nothing was sent then, so the answer is the status alone.</summary>
internal sealed class PendingCalls(LiveStreams streams, TimeProvider time) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Options.TryGetValue(PendingCall.Key, out var call) ? SendAsync(request, call, cancellationToken) : base.SendAsync(request, cancellationToken);

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, PendingCall call, CancellationToken cancellationToken)
    {
        using var life = new LiveStream(call.Token, call.EndWith, call.Route, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, life.Stop);
        streams.Add(life);
        try
        {
            return await base.SendAsync(request, either.Token);
        }
        // Cancelling may surface as any exception of the transport.
        catch (Exception) when (life.Stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return StatusAlone(request, life.EndReason!);
        }
        finally
        {
            streams.Remove(life);
        }
    }

    // Trailers-Only of the gRPC protocol over HTTP/2: the status in the only block of fields.
    private static HttpResponseMessage StatusAlone(HttpRequestMessage request, string reason)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Version = request.Version, Content = new ByteArrayContent([]) };
        answer.Content.Headers.ContentType = new("application/grpc");
        answer.Headers.Add("grpc-status", GrpcLastWords.Unauthenticated);
        answer.Headers.Add("grpc-message", Uri.EscapeDataString(reason));
        return answer;
    }
}
