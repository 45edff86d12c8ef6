using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Observability;

/// <summary>
/// What leaves the gateway of its own measurements. Section <c>Telemetry</c>; a change takes effect at the next start. OpenTelemetry's environment variables hold as well:
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> switches the export on, too, and <c>OTEL_SERVICE_NAME</c>, <c>OTEL_RESOURCE_ATTRIBUTES</c>, <c>OTEL_TRACES_SAMPLER</c>,
/// <c>OTEL_EXPORTER_OTLP_HEADERS</c> do what their specification says.
/// </summary>
internal sealed record TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>Whether <c>/metrics</c> on the management listener answers in Prometheus' format. Default true.</summary>
    public bool Prometheus { get; init; } = true;

    /// <summary>
    /// A collector that gets traces, metrics and logs by OTLP: an http or https address without the signal's path, for example <c>http://127.0.0.1:4318</c>. Default none: nothing is
    /// traced or sent.
    /// </summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>The collector's protocol: <c>HttpProtobuf</c> (usually port 4318) or <c>Grpc</c> (4317). For <see cref="OtlpEndpoint"/> alone. Default HttpProtobuf.</summary>
    public OtlpProtocol OtlpProtocol { get; init; } = OtlpProtocol.HttpProtobuf;
}

internal enum OtlpProtocol
{
    HttpProtobuf,
    Grpc,
}

internal sealed class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>
{
    public ValidateOptionsResult Validate(string? name, TelemetryOptions options) =>
        options.OtlpEndpoint is null || IsAddress(options.OtlpEndpoint)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Telemetry:OtlpEndpoint is {options.OtlpEndpoint}; it must be a http or https address");

    public static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);
}
