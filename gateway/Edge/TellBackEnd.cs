using FrontDoor.Gateway.Forwarding;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;
using Yarp.ReverseProxy.Utilities;

namespace FrontDoor.Gateway.Edge;

/// <summary>Tells back ends the request's id and, where configured, its origin in RFC 7239's form. YARP adds <c>X-Forwarded-*</c> by itself.</summary>
internal sealed class TellBackEnd(ProxyConfigProvider provider) : ITransformProvider
{
    public void ValidateRoute(TransformRouteValidationContext context)
    {
        // Nothing per route.
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
        // Nothing per cluster.
    }

    public void Apply(TransformBuilderContext context)
    {
        if (provider.ConfigOf(context.Route).Edge.SendForwarded)
        {
            // Not AddForwarded, which takes X-Forwarded-* away again; and after AddXForwarded, which takes Forwarded away.
            if (context.UseDefaultForwarders ?? true) context.AddXForwarded();
            context.RequestTransforms.Add(new RequestHeaderForwardedTransform(
                context.Services.GetRequiredService<IRandomFactory>(), forFormat: NodeFormat.Ip, byFormat: NodeFormat.None, host: true, proto: true, ForwardedTransformActions.Set));
        }

        context.AddRequestTransform(transform =>
        {
            transform.ProxyRequest.Headers.TryAddWithoutValidation(RequestId.Field, transform.HttpContext.TraceIdentifier);
            return ValueTask.CompletedTask;
        });
        context.AddResponseTransform(transform =>
        {
            // A back end that echoes the id, or has its own, would make it two.
            transform.HttpContext.Response.Headers.Remove(RequestId.Field);
            return ValueTask.CompletedTask;
        });
    }
}
