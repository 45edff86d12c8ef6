using System.Buffers;
using FrontDoor.Gateway.Configuration;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Authorization;

internal sealed class PoliciesOptionsValidator : IValidateOptions<PoliciesOptions>
{
    private static readonly SearchValues<char> ScopeCharacters = SearchValues.Create(
        [.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Where(c => c is not '"' and not '\\')]);

    public ValidateOptionsResult Validate(string? name, PoliciesOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        foreach (var (key, policy) in options)
        {
            var path = $"{PolicyOptions.Section}:{key}";
            if (PolicyName.Reserved.Contains(key, StringComparer.OrdinalIgnoreCase))
                faults.AddError($"{path} has a reserved name; Anonymous and Default mean what YARP says");

            CheckConditions(path, policy, faults);
            CheckCombined(key, policy, options, faults);
            if (CycleFrom(key, options) is { } cycle) faults.AddError($"{path} leads back to itself: {string.Join(" > ", cycle)}");
        }

        return faults.Build();
    }

    private static void CheckConditions(string path, PolicyOptions policy, ValidateOptionsResultBuilder faults)
    {
        string[] values = [.. ScopesOf(policy), .. policy.Roles?.All ?? [], .. policy.Roles?.Any ?? [], .. policy.Methods];
        var conditions = values.Length + policy.Claims.Count > 0;
        if (!conditions && !policy.Combines)
            faults.AddError($"{path} demands nothing; name scopes, roles, claims or methods, or use the policy Default for any valid token");
        if ((conditions && policy.Combines) || (policy.AllOf.Count > 0 && policy.AnyOf.Count > 0))
            faults.AddError($"{path} mixes kinds; a policy has conditions, or AllOf, or AnyOf");
        if (values.Any(string.IsNullOrWhiteSpace)) faults.AddError($"{path} has an empty value");

        // RFC 6749 section 3.3; a 403 writes them into a header field.
        foreach (var scope in ScopesOf(policy).Where(s => !string.IsNullOrWhiteSpace(s) && s.AsSpan().ContainsAnyExcept(ScopeCharacters)))
            faults.AddError($"{path}:Scopes has '{scope}'; a scope has visible ASCII characters without \" and \\ only");
        // RFC 9110 section 9.1: methods are case-sensitive, so "get" would let nobody in.
        foreach (var method in policy.Methods.Where(m => m.Any(c => !char.IsAsciiLetterUpper(c) && c != '-')))
            faults.AddError($"{path}:Methods has '{method}'; a method has upper-case letters only, such as GET");
        for (var i = 0; i < policy.Claims.Count; i++) CheckClaim($"{path}:Claims:{i}", policy.Claims[i], faults);
    }

    private static IEnumerable<string> ScopesOf(PolicyOptions policy) => [.. policy.Scopes?.All ?? [], .. policy.Scopes?.Any ?? []];

    private static void CheckClaim(string path, ClaimCondition condition, ValidateOptionsResultBuilder faults)
    {
        if (string.IsNullOrWhiteSpace(condition.Claim)) faults.AddError($"{path}:Claim is missing; it is a claim's name, or a path such as realm_access.roles");
        string[] demands = [.. new[] { condition.Equals, condition.Contains, condition.Matches }.OfType<string>()];
        if (demands.Length != 1) faults.AddError($"{path} has {demands.Length} of Equals, Contains and Matches; it needs exactly one");
        if (demands.Contains("")) faults.AddError($"{path} has an empty value");
        if (condition.Matches is not { } expression) return;
        try
        {
            ClaimCondition.Compile(expression);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            faults.AddError($"{path}:Matches is '{expression}': {e.Message}");
        }
    }

    private static void CheckCombined(string key, PolicyOptions policy, PoliciesOptions all, ValidateOptionsResultBuilder faults)
    {
        var path = $"{PolicyOptions.Section}:{key}";
        foreach (var (setting, name) in policy.AllOf.Select(n => ("AllOf", n)).Concat(policy.AnyOf.Select(n => ("AnyOf", n))))
        {
            if (!all.TryGetValue(name, out var part)) faults.AddError($"{path}:{setting} has '{name}', which Policies does not have{NearName.Hint(name, all.Keys.Where(k => k != key))}");
            // As a part of AnyOf it would let everybody in.
            else if (part.DryRun) faults.AddError($"{path}:{setting} has {name}, which is a dry run; only the whole combination can be one");
        }
    }

    /// <returns>The way from a policy back to itself; null when there is none.</returns>
    private static string[]? CycleFrom(string start, PoliciesOptions all)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var ways = new Stack<string[]>([[start]]);
        while (ways.TryPop(out var way))
        {
            if (!all.TryGetValue(way[^1], out var policy)) continue;
            foreach (var part in policy.AllOf.Concat(policy.AnyOf))
            {
                if (part.Equals(start, StringComparison.OrdinalIgnoreCase)) return [.. way, start];
                if (seen.Add(part)) ways.Push([.. way, part]);
            }
        }

        return null;
    }
}
