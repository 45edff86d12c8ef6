using System.Net.Http.Headers;
using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.Edge;
using FrontDoor.Gateway.Forwarding;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace FrontDoor.Gateway.IdentityPropagation;

/// <summary>Writes the verified token's claims into the forwarded request. Nothing is written for an anonymous one.</summary>
internal sealed class StampIdentity(ProxyConfigProvider provider, Derived<IdentityMappings> mappings) : ITransformProvider
{
    public void ValidateRoute(TransformRouteValidationContext context)
    {
        // Its settings have a section and a validator of their own.
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
        // Nothing per cluster.
    }

    public void Apply(TransformBuilderContext context)
    {
        var route = context.Route.RouteId;
        var config = provider.ConfigOf(context.Route);
        var (mapping, most) = (mappings.Of(config).For(route), config.Identity.MaxHeaderBytes);

        // First of all, so that credentials that the route's own transforms set for the back end stay.
        if (config.Identity.AuthorizationOn(route) == CredentialHandling.Drop)
            context.RequestTransforms.Insert(0, new RequestHeaderRemoveTransform(HeaderNames.Authorization));

        context.AddRequestTransform(transform => transform.HttpContext.User.Identity is { IsAuthenticated: true }
            ? Stamp(transform, mapping.Of(TokenClaims.Of(transform.HttpContext.User)), most)
            : ValueTask.CompletedTask);
    }

    private static ValueTask Stamp(RequestTransformContext transform, IdentityFields identity, int most)
    {
        // YARP forwards nothing once there is an answer.
        if (identity.Bytes > most) return new ValueTask(RefuseAsync(transform.HttpContext));

        Write(transform.ProxyRequest.Headers, identity);
        return ValueTask.CompletedTask;
    }

    public static void Write(HttpRequestHeaders headers, IdentityFields identity)
    {
        foreach (var (name, value) in identity.Fields)
        {
            headers.Remove(name);
            if (value is not null) headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>For claims that do not fit, in whatever form.</summary>
    public static Task RefuseAsync(HttpContext context) => Problem.WriteAsync(
        context, StatusCodes.Status403Forbidden, "identity_too_large", "The token's claims are larger than this gateway forwards. Ask for a token with fewer roles or scopes.");
}
