namespace FrontDoor.Gateway.CrossOrigin;

/// <summary>
/// Which pages of other origins may read a route's answers. Section <c>Cors</c>, one entry each under the name that a route's <c>CorsPolicy</c> uses. What the back
/// end says about it is replaced on such routes.
/// </summary>
internal sealed record CorsOptions
{
    public const string Section = "Cors";

    /// <summary>Origins as browsers send them, e.g. <c>https://app.example.com</c> or <c>https://*.example.com</c>; <c>*</c> alone means any. Required.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Methods that a page may use, <c>*</c> for any. Default GET, HEAD and POST, which need no leave.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>Request fields that a page may set, <c>*</c> for any. Default none; a page that sends a token needs Authorization.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>Response fields that a page may read beside the safe ones. Default none.</summary>
    public IReadOnlyList<string> ExposedHeaders { get; init; } = [];

    /// <summary>Whether a page may have the browser send cookies. Default false; not with <c>*</c> in any list.</summary>
    public bool Credentials { get; init; }

    /// <summary>How long a browser may remember the answer to its question. Default 10 minutes; from 0 to 1 day.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>All entries by name.</summary>
internal sealed class CorsPoliciesOptions() : Dictionary<string, CorsOptions>(StringComparer.OrdinalIgnoreCase);
