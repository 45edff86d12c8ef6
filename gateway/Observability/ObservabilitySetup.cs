using Microsoft.Extensions.Logging.Console;
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
        builder.AddBatchedConsole();
        builder.AddTelemetry();
    }

    // In the place of the console logger that every host has; where a test has taken that away, there is none.
    private static void AddBatchedConsole(this WebApplicationBuilder builder)
    {
        var usual = builder.Services.Where(s => s.ServiceType == typeof(ILoggerProvider) && s.ImplementationType == typeof(ConsoleLoggerProvider)).ToArray();
        if (usual.Length == 0) return;
        foreach (var provider in usual) builder.Services.Remove(provider);
        builder.Services.AddSingleton<ILoggerProvider, BatchedConsole>();
    }

    public static void UseAccessLog(this IApplicationBuilder app) => app.UseMiddleware<AccessLog>();

    /// <summary>Gives a route's endpoint its counts.</summary>
    public static void CountAs(this IEndpointConventionBuilder endpoint, RouteConfig route, Traffic traffic) => endpoint.WithMetadata(traffic.Of(route));
}
