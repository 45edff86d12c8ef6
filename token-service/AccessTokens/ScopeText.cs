namespace FrontDoor.TokenService.AccessTokens;

/// <summary>Scopes as the wire and the session's row write them: separated by spaces (RFC 6749 section 3.3).</summary>
internal static class ScopeText
{
    /// <summary>The width of the column <c>Sessions.Scopes</c>.</summary>
    public const int MaxLength = 2048;

    /// <summary>scope-token = 1*( %x21 / %x23-5B / %x5D-7E )</summary>
    public static bool IsToken(string scope) => scope.Length > 0 && !scope.Any(c => c is < '!' or > '~' or '"' or '\\');

    /// <returns>The same scopes, each once, in a stable order; null when one is not legal.</returns>
    public static string? Normalize(string text)
    {
        var scopes = Split(text);
        return scopes.All(IsToken) ? Join(scopes.Distinct().Order(StringComparer.Ordinal)) : null;
    }

    public static string[] Split(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public static string Join(IEnumerable<string> scopes) => string.Join(' ', scopes);
}
