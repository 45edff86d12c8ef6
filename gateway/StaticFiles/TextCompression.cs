using System.IO.Compression;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>Compresses a file in memory, once for as long as it is kept.</summary>
internal static class TextCompression
{
    private const int WorthIt = 1024;

    /// <returns>Its forms that are smaller than it, in the order of preference.</returns>
    public static IEnumerable<Representation> FormsOf(Representation identity)
    {
        if (identity.Content is not { Length: >= WorthIt } content) return [];
        return new[]
        {
            new Representation("br", identity.Version, Compressed(content, stream => new BrotliStream(stream, CompressionLevel.Optimal, leaveOpen: true))),
            new Representation("gzip", identity.Version, Compressed(content, stream => new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true))),
        }.Where(form => form.Length < identity.Length);
    }

    private static byte[] Compressed(byte[] content, Func<Stream, Stream> compressor)
    {
        using var result = new MemoryStream();
        using (var stream = compressor(result)) stream.Write(content);
        return result.ToArray();
    }
}
