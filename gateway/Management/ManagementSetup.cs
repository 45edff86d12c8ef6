using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.Dashboard;
using FrontDoor.Gateway.Observability;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Management;

/// <summary>
/// The listener named <c>Management</c> in <c>Kestrel:Endpoints</c>. Its connections are marked when they are accepted, so no Host field
/// and no port number decides who sees management: a public connection cannot reach it, a management connection reaches nothing else.
/// </summary>
internal static class ManagementSetup
{
    public const string Endpoint = "Management";

    private sealed class ManagementConnection
    {
        public static readonly ManagementConnection Mark = new();
    }

    // From the settings that were taken: an edited file must not open or close a listener before it is checked (Listeners).
    public static void AddManagement(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<ManagementOptions>, ManagementOptionsValidator>();
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Drain>());
        builder.Services.AddHealthChecks().AddCheck<Drain>("drain");
        builder.Services.AddHostedService(_ => new TrimNativeHeap(TimeProvider.System)); // a clock that a test turns says nothing of memory
        builder.Services.AddOptions<KestrelServerOptions>().Configure<CurrentConfig>((kestrel, current) =>
            kestrel.Configure(current.Settings.GetSection("Kestrel"), reloadOnChange: true).Endpoint(Endpoint, endpoint =>
                endpoint.ListenOptions.Use(next => connection =>
                {
                    connection.Features.Set(ManagementConnection.Mark);
                    return next(connection);
                })));
    }

    public static void UseManagement(this IApplicationBuilder app)
    {
        app.MapWhen(
            context => context.Features.Get<ManagementConnection>() is not null,
            management =>
            {
                management.UseHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
                management.UseHealthChecks("/health/ready");
                management.UseMetrics();
                management.UseDashboard();
            });
        app.Use(app.ApplicationServices.GetRequiredService<Drain>().SayGoodbyeAsync);
    }
}
