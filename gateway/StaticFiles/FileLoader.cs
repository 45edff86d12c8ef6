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
            if (await ReadAsync(coding, version) is not { } form) return null;
            encoded.Add(form);
        }

        var type = _types.Of(found.Name);
        if (options.Compress && encoded.Count == 0 && MediaTypes.IsText(type)) encoded.AddRange(TextCompression.FormsOf(identity));
        var (cacheControl, headers) = _rules.For(found.Name);
        FileVersion[] versions = [.. sidecars.Select(s => s.Version)];
        var newest = versions.Append(found.Version).Max(v => v.Modified);
        return new SiteFile(found.Name, identity, encoded, versions, type, cacheControl, headers, IsSettled: time.GetUtcNow().UtcDateTime - newest > SettlingTime)
        {
            Compared = compared,
        };
    }

    private async Task<Representation?> ReadAsync(string? coding, FileVersion version)
    {
        if (version.Length > options.Cache.MaxFileBytes) return new Representation(coding, version, content: null);

        using var handle = version.Open();
        if (handle is null) return null;
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
