namespace FrontDoor.Gateway.StaticFiles;

/// <summary>Files and folders whose name starts with a dot (.git, .env) are nobody's business; only /.well-known is there to be read (RFC 8615).</summary>
internal static class HiddenPath
{
    public static bool IsOne(PathString path) =>
        (path.StartsWithSegments("/.well-known", out var below) ? below : path).Value?.Contains("/.", StringComparison.Ordinal) ?? false;
}
