using System.Security.Claims;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>
/// A claim by its name, or by a path into objects: <c>realm_access.roles</c>. A name may have dots itself (<c>https://example.com/roles</c>),
/// so at each step the longest name that is there is taken.
/// </summary>
internal static class ClaimPath
{
    /// <returns>Its values as text: one for a text, number, true or false; each element of a list; none for null. An object is its JSON.</returns>
    public static IEnumerable<string> Values(ClaimsIdentity identity, string path)
    {
        foreach (var (name, further) in Splits(path))
        {
            var claims = identity.FindAll(name).ToArray();
            if (claims.Length > 0) return claims.SelectMany(claim => further is null ? Whole(claim) : Below(claim, further));
        }

        return [];
    }

    // The longest name first, then what is left of the path behind it.
    private static IEnumerable<(string Name, string? Further)> Splits(string path)
    {
        yield return (path, null);
        for (var dot = path.LastIndexOf('.'); dot > 0; dot = path.LastIndexOf('.', dot - 1)) yield return (path[..dot], path[(dot + 1)..]);
    }

    private static string[] Whole(Claim claim) => claim.ValueType == JsonClaimValueTypes.JsonNull ? [] : [claim.Value];

    private static string[] Below(Claim claim, string path)
    {
        if (claim.ValueType is not (JsonClaimValueTypes.Json or JsonClaimValueTypes.JsonArray)) return [];
        var found = new List<string>();
        using var json = JsonDocument.Parse(claim.Value);
        Collect(json.RootElement, path, found);
        return [.. found];
    }

    private static void Collect(JsonElement at, string? path, List<string> found)
    {
        switch (at.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var element in at.EnumerateArray()) Collect(element, path, found);
                break;
            case JsonValueKind.Object when path is not null:
                foreach (var (name, further) in Splits(path))
                {
                    if (!at.TryGetProperty(name, out var value)) continue;
                    Collect(value, further, found);
                    break;
                }

                break;
            case JsonValueKind.String when path is null:
                found.Add(at.GetString()!);
                break;
            case not JsonValueKind.Null when path is null:
                found.Add(at.GetRawText());
                break;
        }
    }

    /// <returns>The claim; null for none. Where dots allow several readings, the one with the longest name at each step.</returns>
    public static JsonElement? Find(JsonElement within, string path)
    {
        if (within.ValueKind != JsonValueKind.Object) return null;
        if (within.TryGetProperty(path, out var whole)) return whole;
        for (var dot = path.LastIndexOf('.'); dot > 0; dot = path.LastIndexOf('.', dot - 1))
        {
            if (within.TryGetProperty(path[..dot], out var inner) && Find(inner, path[(dot + 1)..]) is { } found) return found;
        }

        return null;
    }

    /// <summary>Text and numbers, alone or in a list; anything else is left out.</summary>
    public static IEnumerable<string> Texts(JsonElement claim) => claim.ValueKind switch
    {
        JsonValueKind.Array => claim.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.Array).SelectMany(Texts),
        JsonValueKind.String => [claim.GetString()!],
        JsonValueKind.Number => [claim.GetRawText()],
        _ => [],
    };
}
