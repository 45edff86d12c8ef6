using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>One form of a file: as it is, or under a content coding. Its header values are made once.</summary>
internal sealed class Representation
{
    /// <param name="coding">Content coding; null for the file as it is.</param>
    /// <param name="version">The file's state that this is made from.</param>
    /// <param name="content">Its bytes; null to send them from disk.</param>
    public Representation(string? coding, FileVersion version, byte[]? content)
    {
        Coding = coding;
        Version = version;
        Content = content;
        Length = content?.Length ?? version.Length;
        Tag = new EntityTagHeaderValue(content is null
            ? FormattableString.Invariant($"\"{version.Modified.Ticks:x}-{version.Length:x}{(coding is null ? "" : "-" + coding)}\"")
            : $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"");
        ETag = Tag.Tag.ToString();
    }

    public string? Coding { get; }

    public FileVersion Version { get; }

    public byte[]? Content { get; }

    public long Length { get; }

    /// <summary>Strong; of equal content equal, where the content is in memory.</summary>
    public EntityTagHeaderValue Tag { get; }

    public StringValues ETag { get; }
}
