using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Compression;

/// <summary>
/// Which routes' answers the gateway compresses (Brotli or gzip, by <c>Accept-Encoding</c>). Section <c>Compression</c>. Files of static sites have sidecars instead
/// (<c>gateway compress</c>).
/// </summary>
internal sealed record CompressionOptions
{
    public const string Section = "Compression";

    /// <summary>By route id. A route that is not named passes answers on as they are. Default none.</summary>
    public IReadOnlyDictionary<string, RouteCompression> Routes { get; init; } = new Dictionary<string, RouteCompression>();

    public RouteCompression? For(string route) => Routes.FirstOrDefault(r => r.Key.Equals(route, StringComparison.OrdinalIgnoreCase)).Value;
}

/// <summary>
/// What is compressed of one route's answers. Never: answers that set a cookie, say <c>no-transform</c>, are encoded already, are parts (206), or carry a digest; event streams, gRPC,
/// WebSockets.
/// </summary>
internal sealed record RouteCompression
{
    private static readonly string[] Text =
    [
        "text/html", "text/css", "text/plain", "text/csv", "text/xml", "text/javascript", "application/javascript", "application/json", "application/ld+json", "application/xml",
        "application/manifest+json", "image/svg+xml",
    ];

    /// <summary>Media types, without parameters. Default: HTML, CSS, plain text, CSV, JavaScript, JSON, XML, SVG.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Answers that say they are shorter, in bytes, are not worth it. Default 1024; from 0 to 1048576. One that does not tell its length is compressed.</summary>
    public long MinBytes { get; init; } = 1024;

    /// <summary>
    /// Compresses answers to requests with credentials, too: a token, an <c>Authorization</c> field or a cookie. An answer that has a secret and echoes something that an attacker may
    /// choose then tells the secret by its length, over TLS as well (BREACH). Only for routes whose answers do not have both. Default false.
    /// </summary>
    public bool AcceptBreachRisk { get; init; }

    public IReadOnlyList<string> EffectiveTypes => Types.Count > 0 ? Types : Text;
}

internal sealed class CompressionOptionsValidator : IValidateOptions<CompressionOptions>
{
    private static readonly string[] Streams = ["text/event-stream", "application/grpc"];

    public ValidateOptionsResult Validate(string? name, CompressionOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        foreach (var (route, compression) in options.Routes)
        {
            var path = $"Compression:Routes:{route}";
            if (compression.MinBytes is < 0 or > 1024 * 1024) faults.AddError($"{path}:MinBytes is {compression.MinBytes}; it must be from 0 to 1048576");
            foreach (var type in compression.Types)
            {
                if (Streams.Any(s => type.StartsWith(s, StringComparison.OrdinalIgnoreCase))) faults.AddError($"{path}:Types has {type}, a stream; its messages would wait for each other");
                else if (!IsType(type)) faults.AddError($"{path}:Types has '{type}'; a media type is two words with a slash, such as application/json");
            }
        }

        return faults.Build();
    }

    private static bool IsType(string type) =>
        type.Split('/') is [{ Length: > 0 } kind, { Length: > 0 } subtype] && (kind + subtype).All(c => char.IsAsciiLetterOrDigit(c) || "!#$&-^_.+".Contains(c, StringComparison.Ordinal));
}
