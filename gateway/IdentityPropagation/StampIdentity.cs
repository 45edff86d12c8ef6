using System.Security.Claims;
using FrontDoor.Gateway.Forwarding;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace FrontDoor.Gateway.IdentityPropagation;

/// <summary>Writes the verified token's claims into the forwarded request. Nothing is written for an anonymous one.</summary>
internal sealed class StampIdentity(ProxyConfigProvider provider) : ITransformProvider
{
    public void ValidateRoute(TransformRouteValidationContext context)
    {
        // Nothing per route yet.
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
        // Nothing per cluster.
    }

    public void Apply(TransformBuilderContext context)
    {
        var headers = provider.ConfigOf(context.Route).Identity.EffectiveHeaders.ToArray();
        context.AddRequestTransform(transform =>
        {
            if (transform.HttpContext.User.Identity is { IsAuthenticated: true })
            {
                foreach (var (header, claim) in headers) Stamp(transform.ProxyRequest, header, claim, transform.HttpContext.User);
            }

            return ValueTask.CompletedTask;
        });
    }

    private static void Stamp(HttpRequestMessage request, string header, string claim, ClaimsPrincipal user)
    {
        var values = user.FindAll(claim).Select(c => c.Value);
        // The scope claim is one text with spaces between its items (RFC 8693 section 4.2).
        if (claim == "scope") values = values.SelectMany(v => v.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        request.Headers.Remove(header);
        var value = string.Join(',', values.Select(HeaderEncoding.Encode));
        if (value.Length > 0) request.Headers.TryAddWithoutValidation(header, value);
    }
}
