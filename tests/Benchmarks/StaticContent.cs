using System.IO.Compression;
using System.Text;

namespace FrontDoor.Benchmarks;

/// <summary>The files that every party serves: 1 KB, 16 KB and 128 KB of text with a .gz beside them, 10 MB of noise. The same bytes in every run.</summary>
internal static class StaticContent
{
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
#pragma warning disable RS0030 // a fixed seed: every run serves the same bytes
        var random = new Random(1);
#pragma warning restore RS0030
        foreach (var (name, size) in new[] { ("1k.html", 1024), ("16k.js", 16 * 1024), ("128k.js", 128 * 1024) })
        {
            var file = Path.Combine(folder, name);
            File.WriteAllBytes(file, Text(random, size));
            if (size > 1024) Compress(file);
        }

        var noise = new byte[10 * 1024 * 1024];
        random.NextBytes(noise);
        File.WriteAllBytes(Path.Combine(folder, "10m.bin"), noise);
    }

    /// <summary>Words in random order: packs to about a third, like a script.</summary>
    private static byte[] Text(Random random, int size)
    {
        string[] words = ["const", "function", "return", "value", "request", "=>", "{", "}", "(", ");", "await", "token", "header", "if", "else", "new"];
        var text = new StringBuilder(size + 16);
        while (text.Length < size) text.Append(words[random.Next(words.Length)]).Append(random.Next(3) == 0 ? random.Next(1000).ToString("D", null) : " ");
        return Encoding.ASCII.GetBytes(text.ToString(0, size));
    }

    private static void Compress(string file)
    {
        using var from = File.OpenRead(file);
        using var to = new GZipStream(File.Create(file + ".gz"), CompressionLevel.SmallestSize);
        from.CopyTo(to);
    }
}
