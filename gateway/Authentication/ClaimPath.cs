using System.Text.Json;

namespace FrontDoor.Gateway.Authentication;

/// <summary>
/// A claim by its name, or by a path into objects: <c>realm_access.roles</c>, also into each object of a list. A name may have dots itself
/// (<c>https://example.com/roles</c>), so of several readings the one with the longest names goes first.
/// </summary>
internal static class ClaimPath
{
    /// <returns>The claim's items: of a list each, otherwise itself. Null when it is not there.</returns>
    public static IReadOnlyList<JsonElement>? Find(JsonElement within, string path)
    {
        if (within.ValueKind == JsonValueKind.Array) return FindInEach(within, path);
        if (within.ValueKind != JsonValueKind.Object) return null;
        if (within.TryGetProperty(path, out var whole)) return whole.ValueKind == JsonValueKind.Array ? [.. whole.EnumerateArray()] : [whole];
        for (var dot = path.LastIndexOf('.'); dot > 0; dot = path.LastIndexOf('.', dot - 1))
        {
            if (within.TryGetProperty(path.AsSpan(0, dot), out var inner) && Find(inner, path[(dot + 1)..]) is { } found) return found;
        }

        return null;
    }

    /// <returns>An item as text; of an object or a list within a list its JSON; null for null.</returns>
    public static string? Text(JsonElement item) => item.ValueKind switch
    {
        JsonValueKind.String => item.GetString(),
        JsonValueKind.Null => null,
        _ => item.GetRawText(),
    };

    private static List<JsonElement>? FindInEach(JsonElement list, string path)
    {
        List<JsonElement>? all = null;
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object && Find(item, path) is { } found) (all ??= []).AddRange(found);
        }

        return all;
    }
}
