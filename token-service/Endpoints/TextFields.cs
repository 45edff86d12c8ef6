using System.Text.Json;
using FrontDoor.TokenService.AccessTokens;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>Checks text fields as Django REST framework's CharField does and collects all faults (simplejwt contract, section 2).</summary>
internal sealed class TextFields(IReadOnlyDictionary<string, JsonElement> data)
{
    private const string IsNull = "This field may not be null.";
    private const string IsBlank = "This field may not be blank.";

    private readonly Dictionary<string, string[]> _faults = [];

    /// <returns>The fields of the body, or the answer that refuses the request.</returns>
    public static async Task<(TextFields? Fields, Answer? Refusal)> ReadAsync(HttpContext context)
    {
        var (data, refusal) = await RequestData.ReadAsync(context);
        return (data is null ? null : new TextFields(data), refusal);
    }

    /// <summary>The 400 that lists every fault; null when all fields were good.</summary>
    public Answer? Refusal => _faults.Count == 0 ? null : Answer.Fields(_faults);

    /// <returns>The value; empty when it had a fault, which <see cref="Refusal"/> then holds.</returns>
    public string Read(string name, bool trim = true, int maxLength = int.MaxValue)
    {
        var (value, fault) = data.TryGetValue(name, out var element) ? Text(element) : ("", "This field is required.");
        if (trim) value = value.Trim();
        if (value.Length > maxLength) fault = TooLong(maxLength);
        if (fault is not null) _faults[name] = [fault];
        return value;
    }

    /// <returns>The values of an array of texts; empty when it had a fault, which <see cref="Refusal"/> then holds.</returns>
    public IReadOnlyList<string> ReadList(string name, int maxLength)
    {
        if (!data.TryGetValue(name, out var element)) return RefuseList(name, "This field is required.");
        if (element.ValueKind == JsonValueKind.Null) return RefuseList(name, IsNull);
        if (element.ValueKind != JsonValueKind.Array) return RefuseList(name, "Expected a list of items.");
        var items = element.EnumerateArray().Select(Text).ToArray();
        if (items.FirstOrDefault(i => i.Fault is not null).Fault is { } fault) return RefuseList(name, fault);
        return items.Any(i => i.Value.Length > maxLength) ? RefuseList(name, TooLong(maxLength)) : [.. items.Select(i => i.Value)];
    }

    /// <returns>What a field of something that exists is to become: null where it is absent, empty where it is null or blank.</returns>
    public string? ReadChange(string name, int maxLength)
    {
        if (!data.TryGetValue(name, out var element)) return null;
        return Text(element).Fault is IsNull or IsBlank ? "" : Read(name, maxLength: maxLength);
    }

    /// <summary>Adds a fault, unless the field has one already.</summary>
    public void Refuse(string name, string fault) => _faults.TryAdd(name, [fault]);

    public bool Has(string name) => data.ContainsKey(name);

    /// <returns>Whether the field is there and true; forms write <c>true</c> as text.</returns>
    public bool ReadFlag(string name)
    {
        if (!data.TryGetValue(name, out var element)) return false;
        switch (element.GetRawText())
        {
            case "true" or "\"true\"":
                return true;
            case "false" or "\"false\"":
                return false;
            default:
                _faults[name] = ["Must be a valid boolean."];
                return false;
        }
    }

    /// <returns>The field <c>scope</c> in its normal form. Null where it is absent, null or blank, as OAuth libraries send it, or had a fault.</returns>
    public string? ReadScopes()
    {
        const string Name = "scope";
        if (!data.TryGetValue(Name, out var element)) return null;
        var (text, fault) = Text(element);
        if (fault is IsNull or IsBlank) return null;

        var scopes = ScopeText.Normalize(text);
        if (fault is null && scopes is null) fault = "Not a valid scope.";
        if (fault is null && scopes!.Length > ScopeText.MaxLength) fault = TooLong(ScopeText.MaxLength);
        if (fault is null) return scopes;
        Refuse(Name, fault);
        return null;
    }

    private string[] RefuseList(string name, string fault)
    {
        Refuse(name, fault);
        return [];
    }

    private static string TooLong(int maxLength) => $"Ensure this field has no more than {maxLength} characters.";

    private static (string Value, string? Fault) Text(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => ("", IsNull),
        JsonValueKind.Number => (element.GetRawText(), null),
        JsonValueKind.String when LoneSurrogate(element) is { } code => ("", $"Surrogate characters are not allowed: U+{code}."),
        JsonValueKind.String => Check(element.GetString()!),
        _ => ("", "Not a valid string."),
    };

    private static (string Value, string? Fault) Check(string value) =>
        string.IsNullOrWhiteSpace(value) ? ("", IsBlank)
        : value.Contains('\0') ? ("", "Null characters are not allowed.")
        : (value, null);

    // A lone surrogate can only come as an escape (it has no UTF-8 form), and GetString throws for it.
    private static string? LoneSurrogate(JsonElement element)
    {
        try
        {
            _ = element.GetString();
            return null;
        }
        catch (InvalidOperationException)
        {
            return JsonSurrogates.FirstLone(element.GetRawText()) ?? "D800";
        }
    }
}
