using FrontDoor.Gateway.Configuration;

namespace FrontDoor.Gateway.Edge;

/// <summary>Takes a trusted proxy's word on where a request came from and what it is called. Everybody else's fields are removed unread (ClientIdentity).</summary>
internal sealed class TrustedProxies(RequestDelegate next, CurrentConfig current, Derived<ProxyTrust> trusts)
{
    public Task InvokeAsync(HttpContext context)
    {
        var trust = trusts.Of(current.Value);
        var trusted = trust.Trusts(context.Connection.RemoteIpAddress);
        RequestId.Assign(context, trusted);

        // Refused, not ignored: whoever cannot be told apart from the proxy would count as the proxy.
        return trusted && trust.Apply(context) is { } field
            ? Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "forwarding_field", $"The proxy in front sent a malformed {field} field.")
            : next(context);
    }
}
