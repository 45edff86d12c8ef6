using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FrontDoor.TokenService.Observability;

/// <summary>OpenTelemetry. Read once, at the start; without a management listener and a collector nothing is listened to.</summary>
internal static class TelemetrySetup
{
    public static void AddTelemetry(this WebApplicationBuilder builder, bool scraped)
    {
        var settings = builder.Configuration;
        builder.Services.AddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>();
        builder.Services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section, StrictBinding.Of).ValidateOnStart();

        // What cannot be read here is told with all other faults.
        var endpoint = settings[$"{TelemetryOptions.Section}:{nameof(TelemetryOptions.OtlpEndpoint)}"] is { } text && TelemetryOptionsValidator.IsAddress(text) ? new Uri(text) : null;
        var sent = endpoint is not null || settings["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        if (!scraped && !sent) return;

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("token-service", serviceVersion: typeof(TelemetrySetup).Assembly.GetName().Version?.ToString(3)).AddEnvironmentVariableDetector())
            .WithMetrics(metrics => Measure(metrics, scraped));
        if (!sent) return;

        telemetry.WithTracing(traces => traces.AddSource("Microsoft.AspNetCore", "Npgsql").AddProcessor<DiscreetSpans>());
        builder.Logging.AddOpenTelemetry(logs => logs.IncludeFormattedMessage = true);
        if (endpoint is null) telemetry.UseOtlpExporter();
        else telemetry.UseOtlpExporter(Enum.TryParse<OtlpProtocol>(settings[$"{TelemetryOptions.Section}:{nameof(TelemetryOptions.OtlpProtocol)}"], ignoreCase: true, out var protocol) && protocol == OtlpProtocol.Grpc
            ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf, endpoint);
    }

    private static void Measure(MeterProviderBuilder metrics, bool scraped)
    {
        metrics.AddMeter(TokenServiceMeter.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime");
        if (scraped) metrics.AddPrometheusExporter();
    }
}
