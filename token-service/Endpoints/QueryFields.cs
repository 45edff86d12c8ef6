using System.Globalization;
using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.RefreshTokens;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>
/// Checks query parameters as <see cref="TextFields"/> does fields, and collects all faults. One that nobody reads is a fault: misspelt, it would filter nothing.
/// </summary>
internal sealed class QueryFields(IQueryCollection query)
{
    private const int MaxLength = 256;

    private readonly Dictionary<string, string[]> _faults = [];
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The 400 that lists every fault; null when all parameters were good. Ask after the last read.</summary>
    public Answer? Refusal
    {
        get
        {
            foreach (var name in query.Keys.Where(k => !_known.Contains(k))) _faults[name] = ["This parameter is not known."];
            return _faults.Count == 0 ? null : Answer.Fields(_faults);
        }
    }

    /// <returns>Null when absent or empty.</returns>
    public string? Text(string name)
    {
        _known.Add(name);
        if (query[name] is not [.., { Length: > 0 } value]) return null;
        if (value.Length > MaxLength) return Refuse<string>(name, $"Ensure this field has no more than {MaxLength} characters.");
        return value.Contains('\0') ? Refuse<string>(name, "Null characters are not allowed.") : value;
    }

    public long? Whole(string name, long least, long most)
    {
        if (Text(name) is not { } text) return null;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            return Refuse<long?>(name, "A valid integer is required.");
        return value < least ? Refuse<long?>(name, $"Ensure this value is greater than or equal to {least}.")
            : value > most ? Refuse<long?>(name, $"Ensure this value is less than or equal to {most}.")
            : value;
    }

    public DateTimeOffset? Time(string name) =>
        Text(name) is not { } text ? null
        : AuditView.TryReadTime(text, out var time) ? time
        : Refuse<DateTimeOffset?>(name, "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DD, YYYY-MM-DDThh:mm:ss[.uuuuuu][+HH:MM|-HH:MM|Z].");

    public SessionPlace? Place(string name) =>
        Text(name) is not { } text ? null
        : SessionPlace.Read(text) ?? Refuse<SessionPlace?>(name, "Take it from the Link field of the page before.");

    /// <returns>Null when absent.</returns>
    public string? OneOf(string name, IReadOnlyList<string> choices) =>
        Text(name) is not { } text ? null
        : choices.Contains(text) ? text
        : Refuse<string>(name, $"\"{text}\" is not a valid choice.");

    private T? Refuse<T>(string name, string fault)
    {
        _faults[name] = [fault];
        return default;
    }
}
