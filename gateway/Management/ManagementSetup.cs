using System.Net;
using FrontDoor.Gateway.Commands;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace FrontDoor.Gateway.Management;

/// <summary>
/// The listener named <c>Management</c> in <c>Kestrel:Endpoints</c>. Its connections are marked when they are accepted, so no Host field
/// and no port number decides who sees management: a public connection cannot reach it, a management connection reaches nothing else.
/// </summary>
internal static class ManagementSetup
{
    private const string Endpoint = "Management";

    private sealed class ManagementConnection
    {
        public static readonly ManagementConnection Mark = new();
    }

    public static void AddManagement(this WebApplicationBuilder builder) => builder.WebHost.ConfigureKestrel((context, kestrel) =>
    {
        var section = context.Configuration.GetSection("Kestrel");
        kestrel.Configure(section, reloadOnChange: true).Endpoint(Endpoint, endpoint =>
        {
            // Asked at a reload, too: an edited address must not open what the start refused.
            RequireLoopback(endpoint.ConfigSection["Url"]);
            endpoint.ListenOptions.Use(next => connection =>
            {
                connection.Features.Set(ManagementConnection.Mark);
                return next(connection);
            });
        });
    });

    public static void UseManagement(this IApplicationBuilder app) => app.MapWhen(
        context => context.Features.Get<ManagementConnection>() is not null,
        management =>
        {
            management.UseHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
            management.UseHealthChecks("/health/ready");
        });

    // Fails closed: until management can authenticate its callers, it does not leave this machine.
    private static void RequireLoopback(string? url)
    {
        if (url is null) return;
        var host = BindingAddress.Parse(url).Host.Trim('[', ']');
        if (!string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) && !(IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)))
            throw new StartupFaultException($"Kestrel:Endpoints:Management:Url is {url}; management has no authentication, so it must be on a loopback address");
    }
}
