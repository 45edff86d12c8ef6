using FrontDoor.TokenService.Endpoints;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Administration;

/// <summary>
/// Lets administrators through, and nobody else: the gateway's policy is not relied on. The token's session has to live and the role is read from the
/// database, since the token may be minutes older than its loss.
/// </summary>
/// <remarks>Handlers bind nothing but services and texts of the route, so that no fault of theirs is answered before this.</remarks>
internal sealed class AdministratorsOnly(IOptions<AdministrationOptions> options) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        var services = context.RequestServices;
        context.Response.Headers.CacheControl = "no-store";

        var (me, refusal) = await SignedInUser.ReadAsync(context, services.GetRequiredService<Sessions>());
        if (me is null) return refusal;
        // Whoever asked for fewer scopes, at sign-in or at this refresh, wanted a token that can do less than its user.
        if (me.IsNarrowed || await services.GetRequiredService<SessionStore>().IsNarrowedAsync(me.SessionId, context.RequestAborted)
            || !await services.GetRequiredService<RoleAdministration>().HasAsync(me.UserId, options.Value.Role, context.RequestAborted))
            return Answer.Fault(StatusCodes.Status403Forbidden, "You do not have permission to perform this action.");

        try
        {
            return await next(invocation);
        }
        catch (AdministrationException e)
        {
            return Refusal(e);
        }
    }

    /// <summary>Faults of the input are the fields'; what the present state forbids is a conflict.</summary>
    private static Answer Refusal(AdministrationException fault)
    {
        var fields = fault.Errors.Where(e => e.Code != nameof(IdentityErrorDescriber.ConcurrencyFailure)).GroupBy(e => Field(e.Code), e => e.Description);
        return fields.ToDictionary(f => f.Key, f => f.ToArray()) is { Count: > 0 } faults
            ? Answer.Fields(faults)
            : Answer.Fault(StatusCodes.Status409Conflict, fault.Message);
    }

    private static string Field(string code) =>
        code.StartsWith("Password", StringComparison.Ordinal) ? "password"
        : code.Contains("Role", StringComparison.Ordinal) ? "roles"
        : code.Contains("UserName", StringComparison.Ordinal) ? "username"
        : code.Contains("Email", StringComparison.Ordinal) ? "email"
        : code.Contains("Claim", StringComparison.Ordinal) ? "claims"
        : "non_field_errors";
}
