using FrontDoor.Gateway.Authentication;

namespace FrontDoor.Gateway.Authorization;

/// <summary>Something that a token lacks.</summary>
/// <param name="Kind"><c>scope</c>, <c>role</c>, <c>claim</c> or <c>method</c>.</param>
/// <param name="OneOf">Names of what would do; never a value of the token.</param>
internal sealed record Lack(string Kind, IReadOnlyList<string> OneOf);

/// <summary>One policy with the names in it resolved. Pure: a token's claims and a method in, yes or no out.</summary>
internal sealed class PolicyRule
{
    private readonly PolicyOptions _options;
    private readonly PolicyRule[] _allOf;
    private readonly PolicyRule[] _anyOf;

    /// <param name="options">A validated policy.</param>
    /// <param name="all">Those that it may combine.</param>
    public PolicyRule(PolicyOptions options, PoliciesOptions all)
    {
        _options = options;
        _allOf = [.. options.AllOf.Select(name => new PolicyRule(all[name], all))];
        _anyOf = [.. options.AnyOf.Select(name => new PolicyRule(all[name], all))];
    }

    public bool LetsIn(TokenClaims held, string method)
    {
        if (_options.Scopes?.IsMetBy(held.Scopes) == false || _options.Roles?.IsMetBy(held.Roles) == false || !AllowsMethod(method)) return false;
        for (var i = 0; i < _options.Claims.Count; i++)
        {
            if (!IsMet(_options.Claims[i], held)) return false;
        }

        foreach (var part in _allOf)
        {
            if (!part.LetsIn(held, method)) return false;
        }

        foreach (var part in _anyOf)
        {
            if (part.LetsIn(held, method)) return true;
        }

        return _anyOf.Length == 0;
    }

    /// <summary>All that is lacking; of alternatives what leads in with scopes alone, else the first.</summary>
    public IReadOnlyList<Lack> Lacks(TokenClaims held, string method)
    {
        if (LetsIn(held, method)) return [];
        if (_anyOf.Length > 0) return Nearest(held, method).Lacks(held, method);
        return
        [
            .. Lacks("scope", _options.Scopes, held.Scopes),
            .. Lacks("role", _options.Roles, held.Roles),
            .. _options.Claims.Where(c => !IsMet(c, held)).Select(c => new Lack("claim", [c.Claim])),
            .. AllowsMethod(method) ? Array.Empty<Lack>() : [new Lack("method", _options.Methods)],
            .. _allOf.SelectMany(part => part.Lacks(held, method)),
        ];
    }

    /// <summary>The scopes that would do, those that are held included: what a client has to ask for (RFC 6750 section 3).</summary>
    public IEnumerable<string> Scopes(TokenClaims held, string method) => _anyOf.Length > 0
        ? Nearest(held, method).Scopes(held, method)
        : [.. _options.Scopes?.All ?? [], .. _options.Scopes?.Any ?? [], .. _allOf.SelectMany(part => part.Scopes(held, method))];

    private PolicyRule Nearest(TokenClaims held, string method) =>
        _anyOf.FirstOrDefault(part => part.Lacks(held, method).All(lack => lack.Kind == "scope")) ?? _anyOf[0];

    private bool AllowsMethod(string method) => _options.Methods.Count == 0 || _options.Methods.Contains(method);

    private static bool IsMet(ClaimCondition condition, TokenClaims held) => condition.IsMetBy(held.At(condition.Claim));

    private static IEnumerable<Lack> Lacks(string kind, Condition? condition, string[] held)
    {
        if (condition is null) yield break;
        foreach (var value in condition.All.Except(held)) yield return new Lack(kind, [value]);
        if (condition.Any.Count > 0 && !condition.Any.Intersect(held).Any()) yield return new Lack(kind, condition.Any);
    }
}
