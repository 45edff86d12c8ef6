using FrontDoor.Gateway.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace FrontDoor.Gateway.Authorization;

/// <summary>One configured policy, as ASP.NET Core evaluates it.</summary>
internal sealed class TokenRequirement(string policy, PoliciesOptions all) : AuthorizationHandler<TokenRequirement>, IAuthorizationRequirement
{
    /// <summary>The policy's name in the configuration.</summary>
    public string Policy => policy;

    public bool IsDryRun { get; } = all[policy].DryRun;

    public PolicyRule Rule { get; } = new(all[policy], all);

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, TokenRequirement requirement)
    {
        // The resource is the request wherever UseAuthorization asks.
        if (context.Resource is HttpContext http && Rule.LetsIn(TokenClaims.Of(context.User), http.Request.Method)) context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
