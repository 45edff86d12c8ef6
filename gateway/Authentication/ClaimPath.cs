using System.Text.Json;

namespace FrontDoor.Gateway.Authentication;

/// <summary>Finds a claim by a path such as <c>resource_access.my-client.roles</c>.</summary>
internal static class ClaimPath
{
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
