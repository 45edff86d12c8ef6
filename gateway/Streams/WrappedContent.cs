using System.Net;

namespace FrontDoor.Gateway.Streams;

/// <summary>Puts a stream of ours between the back end's answer and YARP.</summary>
internal sealed class WrappedContent(HttpContent backend, Func<Stream, Stream> wrap) : HttpContent
{
    protected override async Task<Stream> CreateContentReadStreamAsync() => wrap(await backend.ReadAsStreamAsync());

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) => wrap(await backend.ReadAsStreamAsync(cancellationToken));

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException("YARP reads the stream");

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) backend.Dispose();
        base.Dispose(disposing);
    }
}
