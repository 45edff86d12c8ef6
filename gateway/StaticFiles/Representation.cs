using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>One form of a file: as it is, or under a content coding. Its header values are made once.</summary>
internal sealed class Representation
{
    private int _senders;

    /// <param name="coding">Content coding; null for the file as it is.</param>
    /// <param name="version">The file's state that this is made from.</param>
    /// <param name="content">Its bytes; null to send them from disk.</param>
    public Representation(string? coding, FileVersion version, byte[]? content)
    {
        Coding = coding;
        Version = version;
        Content = content;
        Length = content?.Length ?? version.Length;
        Tag = new EntityTagHeaderValue(content is null ? TagOnDisk(coding, version) : $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"");
        ETag = Tag.Tag.ToString();
    }

    private Representation(Representation inMemory)
    {
        (Coding, Version, Length, Tag, ETag) = (inMemory.Coding, inMemory.Version, inMemory.Length, inMemory.Tag, inMemory.ETag);
    }

    public string? Coding { get; }

    public FileVersion Version { get; }

    public byte[]? Content { get; }

    public long Length { get; }

    /// <summary>Strong; of equal content equal, where the content is in memory.</summary>
    public EntityTagHeaderValue Tag { get; }

    public StringValues ETag { get; }

    /// <summary>Whether a file has these bytes. What was compressed in memory, always smaller than its file, is nowhere else.</summary>
    public bool IsOnDisk => Length == Version.Length;

    /// <summary>The same form, to be sent from disk; it holds no bytes.</summary>
    public Representation OnDisk() => new(this);

    /// <returns>How many answers send its bytes now, with this one.</returns>
    public int AddSender() => Interlocked.Increment(ref _senders);

    /// <returns>How many are left.</returns>
    public int RemoveSender() => Interlocked.Decrement(ref _senders);

    // With the folder: two releases may have files of one time and size and other bytes.
    private static string TagOnDisk(string? coding, FileVersion version)
    {
        var place = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(version.Path)).AsSpan(0, 4));
        return FormattableString.Invariant($"\"{version.Modified.Ticks:x}-{version.Length:x}-{place}{(coding is null ? "" : "-" + coding)}\"");
    }
}
