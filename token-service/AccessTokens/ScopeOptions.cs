namespace FrontDoor.TokenService.AccessTokens;

/// <summary>Which scopes users may have. A sign-in or a refresh can ask for fewer, never for more.</summary>
internal sealed record ScopeOptions
{
    /// <summary>Scopes of every user. Default none.</summary>
    public IReadOnlyList<string> Everyone { get; init; } = [];

    /// <summary>Further scopes by role name. Default none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ByRole { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <returns>The scopes of a user with these roles, each once, in a stable order.</returns>
    public IReadOnlyList<string> Of(IEnumerable<string> roles) =>
        [.. Everyone.Concat(roles.SelectMany(r => ByRole.TryGetValue(r, out var scopes) ? scopes : [])).Distinct().Order(StringComparer.Ordinal)];

    /// <param name="roles">The user's now: a role that was taken away takes its scopes out of the session's next token.</param>
    /// <param name="ofSession">What the sign-in asked for; null for no limit.</param>
    /// <returns>What tokens of the session may carry.</returns>
    public IEnumerable<string> Of(IEnumerable<string> roles, string? ofSession) =>
        ofSession is null ? Of(roles) : Of(roles).Intersect(ScopeText.Split(ofSession));

    /// <returns>Whether a token of the session may carry all of these.</returns>
    public bool Allows(string asked, IEnumerable<string> roles, string? ofSession = null) =>
        !ScopeText.Split(asked).Except(Of(roles, ofSession)).Any();
}
