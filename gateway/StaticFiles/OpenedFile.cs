using FrontDoor.Gateway.Observability;
using Microsoft.Win32.SafeHandles;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>
/// The one source of all bytes of an answer: memory, or a handle opened once. Whoever replaces the file meanwhile makes another file; who
/// writes into it makes the answer break off, visibly: nobody gets a mixture of two versions.
/// </summary>
internal sealed class OpenedFile(Representation form, SafeFileHandle? handle = null) : IDisposable
{
    // Measured: 128 KB at once fall out of the processor's cache before they are sent and cost half as much again.
    private const int ChunkBytes = 64 * 1024;

    // Up to here one write of the bytes as they are; Kestrel copies it into blocks of 4 KB, which are dear in numbers.
    private const int SmallBytes = 16 * 1024;

    private static readonly Task<bool> Done = Task.FromResult(true);

    public Representation Form => form;

    /// <returns>Null when what is on disk is not this form any more.</returns>
    public static OpenedFile? TryOpen(Representation form)
    {
        if (form.Content is not null) return new(form);
        return form.Version.Open() is { } handle ? new(form, handle) : null;
    }

    /// <returns>Always true, for the caller to pass on.</returns>
    public Task<bool> SendAsync(HttpContext context, ByteRange range)
    {
        if (form.Content is not { } content || range.Length > SmallBytes) return SendInChunksAsync(context, range);
        var sent = context.Response.BodyWriter.WriteAsync(content.AsMemory((int)range.From, (int)range.Length));
        return sent.IsCompletedSuccessfully ? Done : AwaitAsync(sent.AsTask());
    }

    public void Dispose() => handle?.Dispose();

    private static async Task<bool> AwaitAsync(Task sent)
    {
        await sent;
        return true;
    }

    private async Task<bool> SendInChunksAsync(HttpContext context, ByteRange range)
    {
        // With the head out of the way, the writer hands out memory that is sent as it is.
        await context.Response.StartAsync();
        var body = context.Response.BodyWriter;
        for (long sent = 0; sent < range.Length;)
        {
            var left = range.Length - sent;
            var chunk = body.GetMemory((int)Math.Min(left, ChunkBytes));
            if (chunk.Length > left) chunk = chunk[..(int)left];
            var read = await ReadAsync(chunk, range.From + sent);
            sent += read;
            // Before the last bytes leave: without them the answer is recognisably incomplete.
            if (read == 0 || (sent == range.Length && !IsWhole()))
            {
                AccessLog.SetReason(context, "file_changed");
                context.Abort();
                return true;
            }

            body.Advance(read);
            if ((await body.FlushAsync()).IsCompleted) return true; // the client is gone
        }

        return true;
    }

    private ValueTask<int> ReadAsync(Memory<byte> chunk, long offset)
    {
        if (form.Content is not { } content) return RandomAccess.ReadAsync(handle!, chunk, offset);
        content.AsMemory((int)offset, chunk.Length).CopyTo(chunk);
        return new(chunk.Length);
    }

    private bool IsWhole() => handle is null || form.Version.IsOf(handle);
}
