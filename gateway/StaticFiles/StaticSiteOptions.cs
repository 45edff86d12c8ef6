using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>The site served from disk. Section <c>StaticFiles</c>.</summary>
internal sealed record StaticSiteOptions
{
    public const string Section = "StaticFiles";

    /// <summary>Folder of the files, relative to the content root. Default null: no static files.</summary>
    public string? Root { get; init; }

    /// <summary>
    /// File answered for a browser's navigation (GET, <c>Accept: text/html</c>, no file extension) that matches neither file nor route, so that
    /// client-side routes survive a reload. Default null: such a request is 404.
    /// </summary>
    public string? SinglePageFallback { get; init; }

    /// <summary>Path prefixes that never get the fallback. Default <c>/api</c> and <c>/.well-known</c>.</summary>
    public IReadOnlyList<string> NeverFallBack { get; init; } = ["/api", "/.well-known"];

    /// <summary>Response headers of every static file, by name. Default none.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}

internal sealed class StaticSiteOptionsValidator(IHostEnvironment environment) : IValidateOptions<StaticSiteOptions>
{
    public ValidateOptionsResult Validate(string? name, StaticSiteOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (options.Root is { } root)
        {
            var folder = Path.GetFullPath(root, environment.ContentRootPath);
            if (!Directory.Exists(folder)) faults.AddError($"StaticFiles:Root names a folder that does not exist: {folder}");
            else if (options.SinglePageFallback is { } file && !File.Exists(Path.Combine(folder, file)))
                faults.AddError($"StaticFiles:SinglePageFallback names a file that does not exist below the root: {file}");
        }

        foreach (var prefix in options.NeverFallBack.Where(p => !p.StartsWith('/')))
            faults.AddError($"StaticFiles:NeverFallBack has '{prefix}'; a path prefix starts with /");
        return faults.Build();
    }
}
