using Microsoft.AspNetCore.StaticFiles;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>The type of a file, told by its name.</summary>
internal sealed class MediaTypes
{
    private readonly FileExtensionContentTypeProvider _types = new();
    private readonly string _charset;

    public MediaTypes(StaticSiteOptions options)
    {
        foreach (var (extension, type) in options.MediaTypes) _types.Mappings[extension] = type;
        _charset = options.Charset.Length == 0 ? "" : $"; charset={options.Charset}";
    }

    public string Of(string name)
    {
        // nginx serves what it has no type for as well; the browser may not guess either (nosniff).
        if (!_types.TryGetContentType(name, out var type)) return "application/octet-stream";
        return type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) && !type.Contains(';') ? type + _charset : type;
    }

    /// <summary>Whether it is a kind of text, which shrinks when it is compressed; images and archives are compressed already.</summary>
    public static bool IsText(string type) =>
        type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
        || type.StartsWith("image/svg+xml", StringComparison.OrdinalIgnoreCase)
        || type.StartsWith("application/wasm", StringComparison.OrdinalIgnoreCase)
        || (type.StartsWith("application/", StringComparison.OrdinalIgnoreCase)
            && (type.Contains("json", StringComparison.OrdinalIgnoreCase) || type.Contains("xml", StringComparison.OrdinalIgnoreCase)
                || type.Contains("javascript", StringComparison.OrdinalIgnoreCase)) && !type.Contains("openxml", StringComparison.OrdinalIgnoreCase));
}
