using Microsoft.Win32.SafeHandles;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>Reads a file with its sidecars into what answers are made of.</summary>
internal sealed class FileLoader(StaticSiteOptions options, TimeProvider time)
{
    // Coarser than any file system's clock in use (FAT: 2 seconds).
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(2);

    private readonly MediaTypes _types = new(options);
    private readonly HeaderRules _rules = new(options);

    /// <returns>Null when the file changes while it is read.</returns>
    public async Task<SiteFile?> LoadAsync(Finding.OnDisk found, IReadOnlyList<(string Coding, FileVersion Version)> sidecars, Comparison compared)
    {
        if (await ReadAsync(null, found.Version) is not { } identity) return null;
        var encoded = new List<Representation>();
        foreach (var (coding, version) in sidecars)
        {
            try
            {
                if (await ReadAsync(coding, version) is not { } form) return null;
                encoded.Add(form);
            }
            catch (UnauthorizedAccessException)
            {
                // One that may not be read is as if it were not there; the file itself is.
            }
        }

        var type = _types.Of(found.Name);
        var (cacheControl, headers) = _rules.For(found.Name);
        FileVersion[] versions = [.. sidecars.Select(s => s.Version)];
        var newest = versions.Append(found.Version).Max(v => v.Modified);
        return new SiteFile(found.Name, identity, encoded, versions, type, cacheControl, headers, IsSettled: time.GetUtcNow().UtcDateTime - newest > SettlingTime)
        {
            Compared = compared,
        };
    }

    /// <summary>The file with compressed forms, where they are wanted and worth it. For files that are kept: it takes longer than sending.</summary>
    public SiteFile Compress(SiteFile file) =>
        options.Compress && file.Encoded.Count == 0 && MediaTypes.IsText(file.ContentType) && TextCompression.FormsOf(file.Identity).ToArray() is { Length: > 0 } forms
            ? file with { Encoded = forms }
            : file;

    private async Task<Representation?> ReadAsync(string? coding, FileVersion version)
    {
        // Large ones, too: one that may not be read is none, before a head has promised it.
        using var handle = version.Open();
        if (handle is null) return null;
        if (version.Length > options.Cache.MaxFileBytes) return new Representation(coding, version, content: null);
        var content = new byte[version.Length];
        if (!await FillAsync(handle, content) || !version.IsOf(handle)) return null;
        return new Representation(coding, version, content);
    }

    private static async Task<bool> FillAsync(SafeFileHandle handle, Memory<byte> content)
    {
        for (var filled = 0; filled < content.Length;)
        {
            var read = await RandomAccess.ReadAsync(handle, content[filled..], filled);
            if (read == 0) return false;
            filled += read;
        }

        return true;
    }
}
