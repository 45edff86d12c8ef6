using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Edge;

internal static class EdgeSetup
{
    public static void AddEdge(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<EdgeOptions>, EdgeOptionsValidator>();
        services.AddOptions<EdgeOptions>().BindConfiguration(EdgeOptions.Section, StrictBinding.Of).ValidateOnStart();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<EdgeOptions>>((kestrel, edge) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = edge.Value.MaxRequestBodyBytes;
        });
        services.Configure<HostFilteringOptions>(hosts => hosts.IncludeFailureMessage = false);
    }

    public static void UseEdge(this IApplicationBuilder app)
    {
        app.UseMiddleware<ErrorResponses>();
        app.UseMiddleware<RequestGuard>();
    }
}
