using FrontDoor.Gateway.Commands;
using FrontDoor.Gateway.Configuration;
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
        services.AddSingleton(provider => provider.GetRequiredService<CurrentConfig>().Derive<ProxyTrust>((config, _) => new ProxyTrust(config)));
        services.AddOptions<KestrelServerOptions>().Configure<CurrentConfig>((kestrel, current) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.RequestHeaderEncodingSelector = LengthDigits.Of;
            current.Value.Edge.Connections.ApplyTo(kestrel.Limits);
        });

        // By the settings that were taken: the host's own are empty while the file is away, and that would allow every host.
        services.AddOptions<HostFilteringOptions>().Configure<CurrentConfig>((hosts, current) =>
        {
            hosts.IncludeFailureMessage = false;
            hosts.AllowedHosts = current.Settings["AllowedHosts"]?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [];
        });
        services.AddSingleton<IOptionsChangeTokenSource<HostFilteringOptions>>(provider =>
            new ConfigurationChangeTokenSource<HostFilteringOptions>(provider.GetRequiredService<CurrentConfig>().Settings));
    }

    public static void UseEdge(this IApplicationBuilder app)
    {
        app.UseMiddleware<ErrorResponses>();
        app.UseMiddleware<TrustedProxies>();
        // Read at the start, like all that connections may cost; nobody pays for a limit that is not set.
        if (app.ApplicationServices.GetRequiredService<CurrentConfig>().Value.Edge.Connections.MaxRequestsPerSecond is { } most) app.UseMiddleware<ConnectionRate>(most);
        app.UseMiddleware<RequestGuard>();
    }
}
