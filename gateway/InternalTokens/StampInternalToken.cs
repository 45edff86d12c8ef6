using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.Forwarding;
using FrontDoor.Gateway.IdentityPropagation;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace FrontDoor.Gateway.InternalTokens;

/// <summary>The internal tokens of one configuration, by cluster id as it is written.</summary>
internal sealed class InternalIssuer(Dictionary<string, ClusterTokens> byCluster)
{
    public ClusterTokens? For(string cluster) => byCluster.GetValueOrDefault(cluster);
}

/// <summary>Adds the internal token to requests for clusters that get one. An anonymous request gets none.</summary>
internal sealed class StampInternalToken(ProxyConfigProvider provider, Derived<InternalIssuer> issuers) : ITransformProvider
{
    // Clients cannot set it: ClientIdentity removes it on every route.
    private const string Header = "X-Internal-Token";

    public void ValidateRoute(TransformRouteValidationContext context)
    {
        // Its settings have a section and a validator of their own.
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
        // Its settings have a section and a validator of their own.
    }

    public void Apply(TransformBuilderContext context)
    {
        var config = provider.ConfigOf(context.Route);
        if (issuers.Of(config).For(config.Routes[context.Route.RouteId].ClusterId!) is not { } tokens) return;

        var most = config.Identity.MaxHeaderBytes;
        context.AddRequestTransform(transform =>
        {
            if (transform.HttpContext.Response.HasStarted || ValidatedToken.Of(transform.HttpContext.User) is not { } token) return ValueTask.CompletedTask;
            var signed = tokens.For(token);
            if (signed.Length > most) return new ValueTask(StampIdentity.RefuseAsync(transform.HttpContext));
            transform.ProxyRequest.Headers.TryAddWithoutValidation(Header, signed);
            return ValueTask.CompletedTask;
        });
    }
}
