using FrontDoor.Gateway.Observability;
using Microsoft.Win32.SafeHandles;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>
/// The one source of all bytes of an answer: memory, or a handle opened once. Whoever replaces the file meanwhile makes another file; who
/// writes into it makes the answer break off, visibly: nobody gets a mixture of two versions.
/// </summary>
internal sealed class OpenedFile(Representation form, SafeFileHandle? handle = null, SendingMemory? memory = null) : IDisposable
{
    /// <summary>Up to here one write of the bytes as they are; Kestrel copies it into blocks of 4 KB, which are dear in numbers.</summary>
    public const int SmallBytes = 16 * 1024;

    // Measured: 128 KB at once fall out of the processor's cache before they are sent and cost half as much again.
    private const int ChunkBytes = 64 * 1024;

    private static readonly Task<bool> Done = Task.FromResult(true);

    public Representation Form => form;

    /// <param name="form">What is to be sent.</param>
    /// <param name="identity">The file as it is; sent in place of a form that is in memory alone, when that is all taken.</param>
    /// <param name="memory">What answers may hold.</param>
    /// <returns>Null when what is on disk is not this form any more, or may not be read any more.</returns>
    public static OpenedFile? TryOpen(Representation form, Representation identity, SendingMemory memory)
    {
        if (form.Content is null) return FromDisk(form);
        // Copied at once: nothing is held.
        if (form.Length <= SmallBytes) return new(form);
        return memory.TryTake(form) ? new(form, memory: memory) : FromDisk((form.IsOnDisk ? form : identity).OnDisk());
    }

    /// <returns>Always true, for the caller to pass on.</returns>
    public Task<bool> SendAsync(HttpContext context, ByteRange range)
    {
        if (form.Content is not { } content || range.Length > SmallBytes) return SendInChunksAsync(context, range);
        var sent = context.Response.BodyWriter.WriteAsync(content.AsMemory((int)range.From, (int)range.Length));
        return sent.IsCompletedSuccessfully ? Done : AwaitAsync(sent.AsTask());
    }

    public void Dispose()
    {
        handle?.Dispose();
        memory?.GiveBack(form);
    }

    private static OpenedFile? FromDisk(Representation form)
    {
        try
        {
            return form.Version.Open() is { } handle ? new(form, handle) : null;
        }
        catch (UnauthorizedAccessException)
        {
            return null; // since it was loaded; whoever looks again says so
        }
    }

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
