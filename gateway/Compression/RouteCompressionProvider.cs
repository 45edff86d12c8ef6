using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Compression;

/// <summary>
/// Has the framework's middleware ask the route's rule. What the client accepts, and in which order, the base class reads; its own conditions (types, https) know no routes.
/// </summary>
internal sealed class RouteCompressionProvider(IServiceProvider services, IOptions<ResponseCompressionOptions> options) : ResponseCompressionProvider(services, options)
{
    public override bool ShouldCompressResponse(HttpContext context)
    {
        if (!RuleOf(context).MayCompress(context.Response) || GetCompressionProvider(context) is null) return false;
        CompressionRule.Mark(context.Response.Headers);
        return true;
    }

    public static CompressionRule RuleOf(HttpContext context) => context.GetEndpoint()!.Metadata.GetRequiredMetadata<CompressionRule>();
}
