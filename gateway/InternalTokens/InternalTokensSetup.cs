using FrontDoor.Gateway.Configuration;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.InternalTokens;

internal static class InternalTokensSetup
{
    private static readonly PathString KeysPath = "/.well-known/gateway-jwks.json";

    /// <summary><see cref="StampInternalToken"/> is one of forwarding's transforms.</summary>
    public static void AddInternalTokens(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<InternalTokensOptions>, InternalTokensOptionsValidator>();
        services.AddSingleton<InternalKey>();
        services.AddSingleton(provider =>
        {
            var (key, time) = (provider.GetRequiredService<InternalKey>(), provider.GetRequiredService<TimeProvider>());
            return provider.GetRequiredService<CurrentConfig>().Derive<InternalIssuer>((config, _) => Make(config.InternalTokens, key, time));
        });
    }

    /// <summary>
    /// Answers with the public key while any cluster gets tokens. On the public listener: management is for this machine alone, and back ends are
    /// elsewhere.
    /// </summary>
    public static void UseInternalTokenKeys(this WebApplication app)
    {
        var (current, key) = (app.Services.GetRequiredService<CurrentConfig>(), app.Services.GetRequiredService<InternalKey>());
        app.MapWhen(
            context => context.Request.Path == KeysPath && current.Value.InternalTokens.Clusters.Count > 0
                && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)),
            keys => keys.Run(context => AnswerAsync(context, key.PublicSet())));
    }

    private static InternalIssuer Make(InternalTokensOptions options, InternalKey key, TimeProvider time)
    {
        if (options.Clusters.Count > 0) key.Prepare();
        return new InternalIssuer(options.Clusters.ToDictionary(
            c => c.Key, c => new ClusterTokens(options, c.Value.Audience ?? c.Key, key, time), StringComparer.OrdinalIgnoreCase));
    }

    private static async Task AnswerAsync(HttpContext context, byte[] keys)
    {
        var response = context.Response;
        response.ContentType = "application/jwk-set+json";
        response.Headers.CacheControl = "public, max-age=60";
        response.ContentLength = keys.Length;
        if (HttpMethods.IsGet(context.Request.Method)) await response.Body.WriteAsync(keys, context.RequestAborted);
    }
}
