using System.Text.Json;
using FrontDoor.TokenService.Storage;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.AccessTokens;

/// <summary>The claims that <see cref="AccessTokenOptions.Claims"/> names: how the session's statements read them, and how tokens carry them.</summary>
internal sealed class CustomClaims
{
    private readonly (string Name, ClaimSource Source)[] _claims;

    public CustomClaims(IOptions<AccessTokenOptions> options, IOptions<StorageOptions> storage)
    {
        _claims = [.. options.Value.Claims.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Key, ClaimSource.Read(c.Value)!))];
        Column = _claims.Length == 0 ? """CAST(NULL AS text) AS "Claims" """ : ReadFrom(_claims.Select(c => c.Source), storage.Value.IsSqlite);
    }

    /// <summary>A column for the session's statements: a JSON array of the values in the order of the claims; null where nothing is configured.</summary>
    public string Column { get; }

    /// <param name="read">What <see cref="Column"/> read.</param>
    public void AddTo(Dictionary<string, object> claims, string? read)
    {
        if (read is null) return;
        foreach (var ((name, source), value) in _claims.Zip(JsonElement.Parse(read).EnumerateArray()))
        {
            if (ToClaim(source, value) is { } claim) claims[name] = claim;
        }
    }

    // Of several claims of one type the token carries an array, of one its text, as OpenID Connect's `aud` does.
    private static object? ToClaim(ClaimSource source, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            var texts = value.EnumerateArray().Select(v => v.GetString()).OfType<string>().ToArray();
            return texts.Length > 1 ? texts : texts.FirstOrDefault();
        }

        var text = value.GetString();
        return string.IsNullOrEmpty(text) ? null : source.IsFlag ? text == "true" : text;
    }

    // JSON, because a separator could be part of a value. Only the names of its functions differ between the databases.
    private static string ReadFrom(IEnumerable<ClaimSource> sources, bool sqlite)
    {
        var values = string.Join(", ", sources.Select(s => s.ClaimType is null ? s.Sql : OfType(s.ClaimType, sqlite)));
        var array = sqlite ? $"json_array({values})" : $"json_build_array({values})::text";
        return $"""(SELECT {array} FROM "Users" u WHERE u."Id" = "Sessions"."UserId") AS "Claims" """;
    }

    private static string OfType(string type, bool sqlite)
    {
        var matching = $"""FROM "UserClaims" c WHERE c."UserId" = u."Id" AND c."ClaimType" = '{type}'""";
        return sqlite
            ? $"""json((SELECT json_group_array(c."ClaimValue" ORDER BY c."Id") {matching}))"""
            : $"""(SELECT json_agg(c."ClaimValue" ORDER BY c."Id") {matching})""";
    }
}
