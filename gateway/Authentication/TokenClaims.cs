using System.Security.Claims;
using System.Text.Json;

namespace FrontDoor.Gateway.Authentication;

/// <summary>
/// What a verified token says, as lists of text. The one place that knows which claims hold scopes and roles. Remembered with the token, so
/// a request finds lists that are ready; the payload's JSON is all that it keeps of the token itself.
/// </summary>
/// <param name="payload">The token's payload.</param>
/// <param name="renamed">What stands under a name instead of what the payload says: see <see cref="ClaimNames"/>. Null for nothing.</param>
internal sealed class TokenClaims(JsonElement payload, IReadOnlyDictionary<string, string[]>? renamed = null)
{
    private const string ScopeClaim = "scope";
    private const string RolesClaim = "roles";

    private static readonly TokenClaims OfNobody = new(default);

    private readonly Remembered<string, string[]> _byPath = new();
    private readonly Remembered<Func<TokenClaims, object>, object> _made = new();

    public string[] Scopes => At(ScopeClaim);

    public string[] Roles => At(RolesClaim);

    /// <summary>All that the payload says, by name, each value as its JSON.</summary>
    public IEnumerable<(string Name, string Json)> All =>
        payload.ValueKind == JsonValueKind.Object ? payload.EnumerateObject().Select(member => (member.Name, member.Value.GetRawText())) : [];

    /// <summary>The claims of whom a request is from; of nobody, when it is from nobody.</summary>
    public static TokenClaims Of(ClaimsPrincipal user) => ValidatedToken.Of(user)?.Claims ?? OfNobody;

    /// <summary>What another stage makes of it, made once.</summary>
    /// <param name="make">The same delegate each time: it is what the result is found by.</param>
    public T Made<T>(Func<TokenClaims, T> make)
        where T : class => (T)_made.Get(make, this, static (make, claims) => make(claims));

    /// <summary>Its values, remembered: for stages that ask at every request. Scopes one by one.</summary>
    /// <param name="path">See <see cref="ClaimPath"/>.</param>
    public string[] At(string path) => _byPath.Get(path, this, static (path, claims) => claims.Read(path));

    /// <summary>As <see cref="At"/>, not remembered: for what is asked once and <see cref="Made"/> something of.</summary>
    /// <inheritdoc cref="At"/>
    public string[] Read(string path)
    {
        if (renamed is not null)
        {
            if (renamed.TryGetValue(path, out var values)) return path == ScopeClaim ? Words(values) : values;
            // What the token itself says below such a name does not count either.
            if (renamed.Keys.Any(name => path.Length > name.Length && path[name.Length] == '.' && path.StartsWith(name, StringComparison.Ordinal))) return [];
        }

        var items = ClaimPath.Find(payload, path) ?? [];
        return path switch
        {
            ScopeClaim => Words(Names(items)),
            RolesClaim => [.. Names(items)],
            _ => [.. items.Select(ClaimPath.Text).OfType<string>()],
        };
    }

    // One text with spaces between its items (RFC 8693 section 4.2), or an array.
    private static string[] Words(IEnumerable<string> texts) => [.. texts.SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    // An object is no name of anything, nor are the words in it: who may fill in one of its members would choose his scopes.
    private static IEnumerable<string> Names(IEnumerable<JsonElement> items) =>
        items.Where(item => item.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)).Select(ClaimPath.Text).OfType<string>();
}
