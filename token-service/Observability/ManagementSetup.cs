using System.Net;
using FrontDoor.TokenService.Commands;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FrontDoor.TokenService.Observability;

/// <summary>
/// The listener named <c>Management</c> in <c>Kestrel:Endpoints</c>, if there is one: health and <c>/metrics</c>, and nothing else; on a loopback address, for it asks nobody who he
/// is. Its connections are marked when they are accepted, so no Host field decides who sees it.
/// </summary>
internal static class ManagementSetup
{
    private const string Endpoint = "Management";

    private sealed class ManagementConnection
    {
        public static readonly ManagementConnection Mark = new();
    }

    /// <returns>Whether there is such a listener.</returns>
    public static bool AddManagement(this WebApplicationBuilder builder)
    {
        if (builder.Configuration[$"Kestrel:Endpoints:{Endpoint}:Url"] is not { } url) return false;
        if (!IsLoopback(url)) throw new StartupFaultException($"Kestrel:Endpoints:{Endpoint}:Url is {url}; management has no authentication, so it must be on a loopback address");
        builder.Services.AddSingleton(ManagementConnection.Mark);
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.ConfigurationLoader!.Endpoint(Endpoint, endpoint =>
            endpoint.ListenOptions.Use(next => connection =>
            {
                connection.Features.Set(ManagementConnection.Mark);
                return next(connection);
            })));
        return true;
    }

    public static void UseManagement(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetService<ManagementConnection>() is null) return;
        app.MapWhen(
            context => context.Features.Get<ManagementConnection>() is not null,
            management =>
            {
                management.UseHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
                management.UseHealthChecks("/health/ready");
                management.UseOpenTelemetryPrometheusScrapingEndpoint("/metrics");
                // Not the rest of the pipeline: WebApplication has matched an endpoint already, and would run it at the end of this branch.
                management.Run(context =>
                {
                    context.SetEndpoint(null);
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                });
            });
    }

    private static bool IsLoopback(string url)
    {
        try
        {
            var host = BindingAddress.Parse(url).Host.Trim('[', ']');
            return string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
