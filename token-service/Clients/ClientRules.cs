using FrontDoor.TokenService.AccessTokens;

namespace FrontDoor.TokenService.Clients;

/// <summary>What a client may be called and given.</summary>
internal static class ClientRules
{
    public const int MaxId = 64;
    public const int MaxName = 128;
    public const int MaxScopes = 2048;
    public const int MaxAudience = 256;

    /// <summary>
    /// RFC 6749 appendix A.1 without the space. Back ends read users and clients from one header, so nothing that could be a user's id
    /// (RFC 9068 section 5): our own and Django's are UUIDs or numbers.
    /// </summary>
    public static bool IsId(string id) =>
        id.Length is > 0 and <= MaxId && id.All(c => c is > ' ' and <= '~') && !id.All(char.IsAsciiDigit) && !Guid.TryParse(id, out _);

    /// <returns>One sentence for each thing that is wrong, and the field of the administration API that it is about.</returns>
    public static IEnumerable<(string Field, string Text)> Faults(string id, string? name, IReadOnlyCollection<string> scopes, string? audience)
    {
        if (!IsId(id)) yield return ("id", $"'{id}' cannot be a client's id; that is 1 to {MaxId} visible ASCII characters, neither a number nor a UUID");
        if (name is not null && (name.Length > MaxName || string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl)))
            yield return ("name", $"A client's name has 1 to {MaxName} characters without control characters");
        foreach (var scope in scopes.Where(s => !ScopeText.IsToken(s)))
            yield return ("scopes", $"'{scope}' is no scope; a scope is visible ASCII without space, quote or backslash");
        if (string.Join(' ', scopes).Length > MaxScopes) yield return ("scopes", $"A client's scopes have at most {MaxScopes} characters together");
        if (audience is not null && (audience.Length > MaxAudience || string.IsNullOrWhiteSpace(audience) || audience.Any(char.IsControl)))
            yield return ("audience", $"A client's audience has 1 to {MaxAudience} characters without control characters");
    }
}
