using FrontDoor.Gateway.Configuration;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;

namespace FrontDoor.Gateway.Authorization;

/// <summary>An entry of <c>Policies</c> as ASP.NET Core evaluates it.</summary>
internal static class ConfiguredPolicy
{
    /// <summary>Any valid token does.</summary>
    public static AuthorizationPolicy AnyToken { get; } = NeedsToken().Build();

    /// <param name="name">An entry of <c>Policies</c>, or <c>Default</c>.</param>
    /// <param name="config">Where it is looked up.</param>
    public static AuthorizationPolicy Of(string name, GatewayConfig config) => PolicyName.Reserved.Contains(name, StringComparer.OrdinalIgnoreCase)
        ? AnyToken
        : NeedsToken().AddRequirements(new TokenRequirement(name, config.Policies[name])).Build();

    private static AuthorizationPolicyBuilder NeedsToken() => new AuthorizationPolicyBuilder(JwtBearerDefaults.AuthenticationScheme).RequireAuthenticatedUser();
}
