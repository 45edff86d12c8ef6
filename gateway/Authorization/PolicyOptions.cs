using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Authorization;

/// <summary>
/// What a token must carry. Section <c>Policies</c>, one entry each under the name that a route's <c>AuthorizationPolicy</c> uses.
/// All conditions of one policy must hold. Besides these, YARP's names <c>Anonymous</c> and <c>Default</c> (any valid token) exist.
/// </summary>
internal sealed record PolicyOptions
{
    public const string Section = "Policies";

    /// <summary>Conditions on the <c>scope</c> claim (space-separated text, RFC 9068, or an array).</summary>
    public Condition? Scopes { get; init; }

    /// <summary>Conditions on the <c>roles</c> claim.</summary>
    public Condition? Roles { get; init; }
}

/// <summary>Values that must be among a token's.</summary>
internal sealed record Condition
{
    /// <summary>Every one of these. Default none.</summary>
    public IReadOnlyList<string> All { get; init; } = [];

    /// <summary>At least one of these. Default none.</summary>
    public IReadOnlyList<string> Any { get; init; } = [];

    public bool IsMetBy(IReadOnlyCollection<string> held) => All.All(held.Contains) && (Any.Count == 0 || Any.Any(held.Contains));
}

/// <summary>All policies by name.</summary>
internal sealed class PoliciesOptions() : Dictionary<string, PolicyOptions>(StringComparer.OrdinalIgnoreCase);

internal sealed class PoliciesOptionsValidator : IValidateOptions<PoliciesOptions>
{
    public ValidateOptionsResult Validate(string? name, PoliciesOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        foreach (var (key, policy) in options)
        {
            if (key.Equals("Anonymous", StringComparison.OrdinalIgnoreCase) || key.Equals("Default", StringComparison.OrdinalIgnoreCase))
                faults.AddError($"Policies:{key} has a reserved name; Anonymous and Default mean what YARP says");

            var conditions = new[] { policy.Scopes, policy.Roles }.OfType<Condition>().ToArray();
            if (!conditions.Any(c => c.All.Count + c.Any.Count > 0))
                faults.AddError($"Policies:{key} demands nothing; name scopes or roles, or use the policy Default for any valid token");
            if (conditions.SelectMany(c => c.All.Concat(c.Any)).Any(string.IsNullOrWhiteSpace))
                faults.AddError($"Policies:{key} has an empty value");
        }

        return faults.Build();
    }
}
