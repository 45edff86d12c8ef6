using FrontDoor.Gateway.Commands;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Edge;

internal static class EdgeSetup
{
    public static void AddEdge(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        // That switch of ASP.NET Core believes X-Forwarded-For of everybody, ahead of all stages here (security contract 1.3).
        if (string.Equals(builder.Configuration["FORWARDEDHEADERS_ENABLED"], "true", StringComparison.OrdinalIgnoreCase))
            throw new StartupFaultException("ASPNETCORE_FORWARDEDHEADERS_ENABLED lets any client choose its address; unset it");

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
