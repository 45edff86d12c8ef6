using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Observability;

internal static class ObservabilitySetup
{
    public static void AddObservability(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>();
        services.AddSingleton<GatewayMeter>();
        services.AddSingleton<Traffic>();
        services.AddHostedService<GatewayGauges>();
        services.AddHealthChecks().AddCheck<IssuerHealth>("issuers");
        builder.AddTelemetry();
    }

    public static void UseAccessLog(this IApplicationBuilder app) => app.UseMiddleware<AccessLog>();

    /// <summary>Gives a route's endpoint its counts.</summary>
    public static void CountAs(this IEndpointConventionBuilder endpoint, RouteConfig route, Traffic traffic) => endpoint.WithMetadata(traffic.Of(route));
}
