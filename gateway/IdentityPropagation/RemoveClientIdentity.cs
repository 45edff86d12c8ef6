namespace FrontDoor.Gateway.IdentityPropagation;

/// <summary>Removes on arrival, on every route, what only the gateway may say.</summary>
internal sealed class RemoveClientIdentity(RequestDelegate next, ClientIdentity identity)
{
    public Task InvokeAsync(HttpContext context)
    {
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
