using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>A comparison with the disk.</summary>
/// <param name="At">When, as the clock's timestamp.</param>
/// <param name="Change">At which change of the site (<see cref="ChangeWatch.Count"/>).</param>
internal sealed record Comparison(long At, int Change);

/// <summary>A file of a site in all its forms, with everything that an answer needs. Immutable but for when it was last compared with the disk.</summary>
/// <param name="Name">Its path below the root.</param>
/// <param name="Identity">The file as it is.</param>
/// <param name="Encoded">Its other forms, in the order of preference.</param>
/// <param name="Sidecars">The files that those were read from.</param>
/// <param name="ContentType">Of the file, whatever the form.</param>
/// <param name="CacheControl">Its Cache-Control.</param>
/// <param name="Headers">Further headers.</param>
/// <param name="IsSettled">False when it had just been changed when it was read: another change in the same tick of the file system's clock would not show.</param>
internal sealed record SiteFile(
    string Name,
    Representation Identity,
    IReadOnlyList<Representation> Encoded,
    IReadOnlyList<FileVersion> Sidecars,
    string ContentType,
    StringValues CacheControl,
    KeyValuePair<string, StringValues>[] Headers,
    bool IsSettled)
{
    private static readonly StringValues AcceptEncoding = HeaderNames.AcceptEncoding;

    /// <summary>HTTP dates have whole seconds.</summary>
    public DateTimeOffset LastModified { get; } = new(Identity.Version.Modified.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);

    public StringValues LastModifiedText { get; } = HeaderUtilities.FormatDate(new DateTimeOffset(Identity.Version.Modified, TimeSpan.Zero));

    /// <summary>Whether every form can be sent without the disk.</summary>
    public bool IsInMemory { get; } = Identity.Content is not null && Encoded.All(e => e.Content is not null);

    public StringValues Vary => Encoded.Count > 0 ? AcceptEncoding : default;

    /// <summary>What it takes in memory, roughly.</summary>
    public long Bytes => 1024 + (Identity.Content?.Length ?? 0) + Encoded.Sum(e => 512L + (e.Content?.Length ?? 0));

    /// <summary>When it was last found to be what is on disk.</summary>
    public required Comparison Compared { get; set; }

    public bool IsMadeFrom(FileVersion version, IReadOnlyList<(string Coding, FileVersion Version)> sidecars) =>
        Identity.Version == version && Sidecars.SequenceEqual(sidecars.Select(s => s.Version));

    /// <summary>The form that this request gets. Ranges are of the file as it is.</summary>
    public Representation For(IHeaderDictionary request)
    {
        if (Encoded.Count == 0 || request.Range.Count > 0) return Identity;
        var coding = ContentCoding.Choose(request.AcceptEncoding, Encoded.Select(e => e.Coding!));
        return coding is null ? Identity : Encoded.First(e => e.Coding == coding);
    }
}
