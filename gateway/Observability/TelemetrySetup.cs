using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FrontDoor.Gateway.Observability;

/// <summary>OpenTelemetry: what is measured, and where it goes. Read once, at the start; nothing is listened to that nobody gets.</summary>
internal static class TelemetrySetup
{
    private const string Metrics = "/metrics";

    // An instrument has memory from its start for all the series it may ever have: 176 KB for the 2,000 that are usual, for fifty instruments 9 MB.
    private const int FewSeries = 250;

    // Those whose series do not grow with routes, clusters, destinations, sites or issuers.
    private static readonly string[] OfFewSeries = ["dotnet.", "kestrel.", "gateway.config.", "gateway.token_cache.", "gateway.streams.", "gateway.authentication.", "gateway.rate_limits.local"];

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration;
        // What cannot be read here is a fault of the configuration, which is told once all of it is read.
        var scraped = !bool.TryParse(settings[$"{TelemetryOptions.Section}:{nameof(TelemetryOptions.Prometheus)}"], out var prometheus) || prometheus;
        var endpoint = settings[$"{TelemetryOptions.Section}:{nameof(TelemetryOptions.OtlpEndpoint)}"] is { } text && TelemetryOptionsValidator.IsAddress(text) ? new Uri(text) : null;
        var sent = endpoint is not null || settings["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        if (!scraped && !sent) return;

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("gateway", serviceVersion: typeof(TelemetrySetup).Assembly.GetName().Version?.ToString(3)).AddEnvironmentVariableDetector())
            .WithMetrics(metrics => Measure(metrics, scraped));
        if (!sent) return;

        telemetry.WithTracing(Trace);
        builder.Logging.AddOpenTelemetry(logs => logs.IncludeFormattedMessage = true);
        if (endpoint is null) telemetry.UseOtlpExporter();
        else telemetry.UseOtlpExporter(Enum.TryParse<OtlpProtocol>(settings[$"{TelemetryOptions.Section}:{nameof(TelemetryOptions.OtlpProtocol)}"], ignoreCase: true, out var protocol) && protocol == OtlpProtocol.Grpc
            ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf, endpoint);
    }

    /// <summary>Prometheus' page, where it is wanted. For the management listener alone.</summary>
    public static void UseMetrics(this IApplicationBuilder management)
    {
        if (management.ApplicationServices.GetService<MeterProvider>() is not null && management.ApplicationServices.GetService<Scraped>() is not null)
            management.UseOpenTelemetryPrometheusScrapingEndpoint(Metrics);
    }

    private static void Measure(MeterProviderBuilder metrics, bool scraped)
    {
        // Not ASP.NET Core's and HttpClient's own request durations: gateway.request.duration says the same by route and cluster, at a third of the cost.
        metrics.AddMeter(GatewayMeter.Name, $"{GatewayMeter.Name}.*", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
            .AddView(instrument => Array.Exists(OfFewSeries, start => instrument.Name.StartsWith(start, StringComparison.Ordinal)) ? new MetricStreamConfiguration { CardinalityLimit = FewSeries } : null);
        if (scraped) metrics.ConfigureServices(services => services.AddSingleton<Scraped>()).AddPrometheusExporter();
    }

    private static void Trace(TracerProviderBuilder traces) =>
        traces.AddSource("Microsoft.AspNetCore", "Yarp.ReverseProxy", "System.Net.Http").AddProcessor<DiscreetSpans>();

    private sealed class Scraped;
}
