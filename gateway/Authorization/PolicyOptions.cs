using System.Text.RegularExpressions;

namespace FrontDoor.Gateway.Authorization;

/// <summary>
/// What a token must carry. Section <c>Policies</c>, one entry each under the name that a route's <c>AuthorizationPolicy</c> uses.
/// A policy has conditions, all of which must hold, or it combines others. Besides these, YARP's names <c>Anonymous</c> and <c>Default</c>
/// (any valid token) exist.
/// </summary>
internal sealed record PolicyOptions
{
    public const string Section = "Policies";

    /// <summary>Conditions on the <c>scope</c> claim (space-separated text, RFC 9068, or an array).</summary>
    public Condition? Scopes { get; init; }

    /// <summary>Conditions on the <c>roles</c> claim (an array or one text).</summary>
    public Condition? Roles { get; init; }

    /// <summary>Conditions on other claims. Default none.</summary>
    public IReadOnlyList<ClaimCondition> Claims { get; init; } = [];

    /// <summary>The only methods that are let in, e.g. <c>GET</c>; <c>HEAD</c> is another one. Default: all.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>Names of policies, all of which must let in. Goes with no conditions and without AnyOf. Default none.</summary>
    public IReadOnlyList<string> AllOf { get; init; } = [];

    /// <summary>Names of policies, one of which must let in. Goes with no conditions and without AllOf. Default none.</summary>
    public IReadOnlyList<string> AnyOf { get; init; } = [];

    /// <summary>
    /// Whether whom it would refuse is let in, with a log line and a count (<c>gateway.policy.dry_run</c>) instead of the 403. A valid token is needed
    /// all the same. Only for a policy that routes and sites name, not within a combination. Default false.
    /// </summary>
    public bool DryRun { get; init; }

    /// <summary>Whether it combines others.</summary>
    public bool Combines => AllOf.Count + AnyOf.Count > 0;
}

/// <summary>Values that must be among a token's.</summary>
internal sealed record Condition
{
    /// <summary>Every one of these. Default none.</summary>
    public IReadOnlyList<string> All { get; init; } = [];

    /// <summary>At least one of these. Default none.</summary>
    public IReadOnlyList<string> Any { get; init; } = [];

    // Asked by every request, so it has no closures and boxes no enumerators.
    public bool IsMetBy(string[] held)
    {
        for (var i = 0; i < All.Count; i++)
        {
            if (!held.Contains(All[i])) return false;
        }

        for (var i = 0; i < Any.Count; i++)
        {
            if (held.Contains(Any[i])) return true;
        }

        return Any.Count == 0;
    }
}

/// <summary>What one claim must be. Numbers, true and false are compared as text. Exactly one of Equals, Contains, Matches.</summary>
internal sealed class ClaimCondition
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private Regex? _expression;

    /// <summary>Name of the claim, or a path to it: <c>realm_access.roles</c>. A name that has dots itself is found first. Required.</summary>
    public string Claim { get; init; } = "";

    /// <summary>The claim has this value and no other.</summary>
    public new string? Equals { get; init; }

    /// <summary>The claim has this value, alone or among others.</summary>
    public string? Contains { get; init; }

    /// <summary>
    /// The whole of the claim's value, or of one of its values, matches this regular expression. No look-around and no back-references:
    /// it is run in linear time.
    /// </summary>
    public string? Matches { get; init; }

    /// <exception cref="ArgumentException">Matches is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It needs more than linear time.</exception>
    public static Regex Compile(string expression)
    {
        const RegexOptions linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
        _ = new Regex(expression, linear, Patience); // by itself: "a)|(b" must not become one by what surrounds it
        return new Regex($@"\A(?:{expression})\z", linear, Patience);
    }

    public bool IsMetBy(string[] held)
    {
        if (Equals is not null) return held.Length == 1 && held[0] == Equals;
        if (Contains is not null) return held.Contains(Contains);

        var expression = _expression ??= Compile(Matches!);
        foreach (var value in held)
        {
            if (IsMatch(expression, value)) return true;
        }

        return false;
    }

    private static bool IsMatch(Regex expression, string value)
    {
        try
        {
            return expression.IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}

/// <summary>All policies by name.</summary>
internal sealed class PoliciesOptions() : Dictionary<string, PolicyOptions>(StringComparer.OrdinalIgnoreCase);
