using FrontDoor.Gateway.Configuration;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Compression;

internal static class CompressionSetup
{
    public static void AddCompression(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<CompressionOptions>, CompressionOptionsValidator>();
        services.AddSingleton<IResponseCompressionProvider, RouteCompressionProvider>();
        services.Configure<ResponseCompressionOptions>(compression =>
        {
            // In the order of preference among what a client likes equally.
            compression.Providers.Add<BrotliCompressionProvider>();
            compression.Providers.Add<GzipCompressionProvider>();
        });
    }

    /// <summary>After authorization, which tells whether somebody is signed in; around caching, so that what is kept serves all codings.</summary>
    public static void UseCompression(this IApplicationBuilder app) => app.UseWhen(
        context => context.GetEndpoint()?.Metadata.GetMetadata<CompressionRule>()?.Covers(context) == true,
        compressed => compressed.UseMiddleware<NegotiateCompression>().UseMiddleware<ResponseCompressionMiddleware>());

    /// <summary>Gives a route's endpoint its rule.</summary>
    public static void CompressAs(this IEndpointConventionBuilder endpoint, RouteConfig route, GatewayConfig config)
    {
        if (config.Compression.For(route.RouteId) is { } options) endpoint.WithMetadata(new CompressionRule(options));
    }
}
