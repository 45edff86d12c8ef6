using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace FrontDoor.Gateway.Authorization;

/// <summary>One configured policy, as ASP.NET Core evaluates it.</summary>
internal sealed class TokenRequirement(string policy, PolicyOptions options) : AuthorizationHandler<TokenRequirement>, IAuthorizationRequirement
{
    /// <summary>The policy's name in the configuration.</summary>
    public string Policy => policy;

    /// <summary>The scopes that would do (RFC 6750 section 3, attribute <c>scope</c>); empty when scopes are not what it is about.</summary>
    public IReadOnlyList<string> Scopes { get; } = options.Scopes is { } scopes ? [.. scopes.All, .. scopes.Any] : [];

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, TokenRequirement requirement)
    {
        if (requirement.IsMetBy(context.User)) context.Succeed(requirement);
        return Task.CompletedTask;
    }

    private bool IsMetBy(ClaimsPrincipal user) =>
        (options.Scopes is null || options.Scopes.IsMetBy(ScopesOf(user))) && (options.Roles is null || options.Roles.IsMetBy(ValuesOf(user, "roles")));

    private static List<string> ScopesOf(ClaimsPrincipal user) =>
        [.. ValuesOf(user, "scope").SelectMany(value => value.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    private static List<string> ValuesOf(ClaimsPrincipal user, string claim) => user.FindAll(claim).Select(c => c.Value).ToList();
}
