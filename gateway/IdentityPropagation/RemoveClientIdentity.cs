using FrontDoor.Gateway.Configuration;

namespace FrontDoor.Gateway.IdentityPropagation;

/// <summary>
/// Removes on arrival, on every route, what only the gateway may say. Asked again after routing, for a request whose route is from a
/// configuration that came after its arrival.
/// </summary>
/// <param name="next">The next stage.</param>
/// <param name="current">The configuration in force, and a request's.</param>
/// <param name="identities">What is removed.</param>
/// <param name="again">Whether the request has been here before; to look for what nobody has left yet is dear.</param>
internal sealed class RemoveClientIdentity(RequestDelegate next, CurrentConfig current, Derived<ClientIdentity> identities, bool again)
{
    public Task InvokeAsync(HttpContext context)
    {
        var identity = identities.Of(current.For(context));
        if (again && context.Features.Get<ClientIdentity>() == identity) return next(context);

        context.Features.Set(identity);
        var headers = context.Request.Headers;
        List<string>? forged = null;
        foreach (var (name, _) in headers)
        {
            if (identity.Claims(name)) (forged ??= []).Add(name);
        }

        foreach (var name in forged ?? []) headers.Remove(name);
        return next(context);
    }
}
