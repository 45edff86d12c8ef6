using System.Net;

namespace FrontDoor.Gateway.Resilience;

/// <summary>A request's body on its way from client to destination, which knows on whose side it broke off.</summary>
internal sealed class RelayedBody : HttpContent
{
    private readonly HttpContent _body;

    public RelayedBody(HttpContent body)
    {
        _body = body;
        foreach (var (name, values) in body.Headers.NonValidated) Headers.TryAddWithoutValidation(name, values);
    }

    /// <summary>Whether the client broke it off, or sent it malformed or too slowly.</summary>
    public bool FailedToArrive { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var destination = new Outgoing(stream);
        try
        {
            await _body.CopyToAsync(destination, context, cancellationToken);
        }
        catch when (!destination.Failed)
        {
            FailedToArrive = true;
            throw;
        }
    }

    // The client says it in Content-Length, or nobody knows.
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _body.Dispose();
        base.Dispose(disposing);
    }

    private sealed class Outgoing(Stream stream) : Stream
    {
        public bool Failed { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                await stream.WriteAsync(buffer, cancellationToken);
            }
            catch
            {
                Failed = true;
                throw;
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            try
            {
                await stream.FlushAsync(cancellationToken);
            }
            catch
            {
                Failed = true;
                throw;
            }
        }

        public override void Flush() => stream.Flush();

        public override void Write(byte[] buffer, int offset, int count) => stream.Write(buffer, offset, count);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
