using System.Text.RegularExpressions;

namespace FrontDoor.TokenService.AccessTokens;

/// <summary>Where a configured claim comes from: a field of the user, or the claims of one type that an administrator gave the user.</summary>
/// <param name="Sql">The value's expression over the user's row <c>u</c>; empty where <paramref name="ClaimType"/> says what to read.</param>
/// <param name="ClaimType">The type in the table <c>UserClaims</c>; null for a field.</param>
/// <param name="IsFlag">Whether the claim is a JSON boolean.</param>
internal sealed partial record ClaimSource(string Sql, string? ClaimType = null, bool IsFlag = false)
{
    /// <summary>Of the name of a claim or a type.</summary>
    public const int MaxName = 128;

    private const string TypePrefix = "claim:";

    private static readonly Dictionary<string, ClaimSource> Fields = new(StringComparer.Ordinal)
    {
        ["UserName"] = new("u.\"UserName\""),
        ["DisplayName"] = new("u.\"DisplayName\""),
        ["Email"] = new("u.\"Email\""),
        ["EmailConfirmed"] = new("""CASE WHEN u."EmailConfirmed" THEN 'true' ELSE 'false' END""", IsFlag: true),
        ["PhoneNumber"] = new("u.\"PhoneNumber\""),
    };

    public static string LegalValues => $"{string.Join(", ", Fields.Keys)} and claim:<type>";

    /// <returns>Null when it is neither a field nor <c>claim:&lt;type&gt;</c>.</returns>
    public static ClaimSource? Read(string text) =>
        Fields.TryGetValue(text, out var field) ? field
        : text.StartsWith(TypePrefix, StringComparison.Ordinal) && IsName(text[TypePrefix.Length..]) ? new ClaimSource("", text[TypePrefix.Length..])
        : null;

    /// <summary>Names of claims and of types: letters that stand in SQL and JSON as they are.</summary>
    public static bool IsName(string name) => name.Length <= MaxName && Name().IsMatch(name);

    [GeneratedRegex(@"^[A-Za-z0-9_.:/#-]+\z")]
    private static partial Regex Name();
}
