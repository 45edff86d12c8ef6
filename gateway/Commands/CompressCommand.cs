using System.CommandLine;
using System.IO.Compression;
using FrontDoor.Gateway.StaticFiles;
using Microsoft.AspNetCore.StaticFiles;

namespace FrontDoor.Gateway.Commands;

/// <summary><c>gateway compress DIR [--force]</c>: makes <c>.br</c> and <c>.gz</c> sidecars, which sites serve to clients that take them.</summary>
internal static class CompressCommand
{
    // Below this, headers and packets cost more than compression saves.
    private const int WorthItBytes = 1024;

    private static readonly (string Extension, Func<Stream, Stream> Open)[] Codings =
    [
        (".br", target => new BrotliStream(target, CompressionLevel.SmallestSize)),
        (".gz", target => new GZipStream(target, CompressionLevel.SmallestSize)),
    ];

    public static Command Create()
    {
        var folder = new Argument<string>("dir") { Description = "The folder, with all below it" };
        var force = new Option<bool>("--force") { Description = "Make them anew, even those that are up to date" };
        var command = new Command("compress", "Make .br and .gz sidecars for the text files of a folder; sites serve them to clients that take them") { folder, force };
        command.SetAction((options, _) => RunAsync(options.GetRequiredValue(folder), options.GetValue(force)));
        return command;
    }

    /// <returns>0 when every file has been dealt with; 1 otherwise, with the reasons on standard error.</returns>
    public static async Task<int> RunAsync(string folder, bool force)
    {
        if (!Directory.Exists(folder)) return Fault($"there is no folder {folder}");

        List<FileInfo> files;
        try
        {
            files = FilesIn(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fault(e.Message); // a folder that may not be read: nothing says what it holds
        }

        var failed = 0;
        for (var i = 0; i < files.Count; i++)
        {
            try
            {
                Console.WriteLine($"[{i + 1}/{files.Count}] {Path.GetRelativePath(folder, files[i].FullName)}  {await CompressAsync(files[i], force)}");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failed = Fault(e.Message);
            }
        }

        return failed;
    }

    // Text that is large enough and no link; nothing below a folder that sites hide.
    private static List<FileInfo> FilesIn(string folder)
    {
        var types = new FileExtensionContentTypeProvider();
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };
        return [.. new DirectoryInfo(folder).EnumerateFiles("*", all)
            .Where(file => file.Length >= WorthItBytes
                && types.TryGetContentType(file.Name, out var type) && MediaTypes.IsText(type)
                && !HiddenPath.IsOne("/" + Path.GetRelativePath(folder, file.FullName).Replace(Path.DirectorySeparatorChar, '/')))
            .OrderBy(file => file.FullName, StringComparer.Ordinal)];
    }

    private static async Task<string> CompressAsync(FileInfo file, bool force)
    {
        var results = new List<string>();
        foreach (var (extension, open) in Codings)
        {
            var sidecar = file.FullName + extension;
            var upToDate = File.Exists(sidecar) && File.GetLastWriteTimeUtc(sidecar) >= file.LastWriteTimeUtc;
            results.Add(upToDate && !force ? $"{extension} is up to date" : await WriteAsync(file, sidecar, extension, open));
        }

        return string.Join(", ", results);
    }

    private static async Task<string> WriteAsync(FileInfo file, string sidecar, string extension, Func<Stream, Stream> open)
    {
        // Dotted, so that no site shows it, and shorter than any limit; renamed when it is whole.
        var unfinished = Path.Combine(file.DirectoryName!, $".{Path.GetRandomFileName()}");
        try
        {
            await using (var source = file.OpenRead())
            await using (var target = open(File.Create(unfinished)))
                await source.CopyToAsync(target);

            var length = new FileInfo(unfinished).Length;
            if (length >= file.Length) return $"{extension} would not be smaller";
            // The original's time and rights: a sidecar older than its original is taken for a former version's.
            File.SetLastWriteTimeUtc(unfinished, file.LastWriteTimeUtc);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(unfinished, file.UnixFileMode);
            File.Move(unfinished, sidecar, overwrite: true);
            return $"{extension} {length} of {file.Length} bytes";
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static int Fault(string message)
    {
        Console.Error.WriteLine($"gateway: {message}");
        return 1;
    }
}
