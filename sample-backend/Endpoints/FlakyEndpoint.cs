using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FrontDoor.SampleBackend.Endpoints;

/// <summary>
/// Fails half of all requests, so that the gateway's retry can be seen. Which half is told by the trace id, which the attempts of one
/// request share, and by the instance: of two neighbours (ports 8091 and 8092) exactly one fails a given request.
/// </summary>
internal static partial class FlakyEndpoint
{
    public static void MapFlaky(this IEndpointRouteBuilder routes)
    {
        var log = routes.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(FlakyEndpoint));
        // Containers all listen on one port; there the setting tells neighbours apart.
        var phase = routes.ServiceProvider.GetRequiredService<IConfiguration>().GetValue<int?>("Flaky:Phase");
        routes.MapGet("/api/flaky", (HttpContext context, Instance instance) =>
            Answer(Activity.Current?.TraceId, phase ?? context.Connection.LocalPort, instance.Name, log));
    }

    private static Results<Ok<Flaky>, ProblemHttpResult> Answer(ActivityTraceId? trace, int phase, string instance, ILogger log)
    {
        var parity = trace is { } id ? int.Parse(id.ToHexString().AsSpan(^1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : 0;
        if ((parity + phase) % 2 == 0) return TypedResults.Ok(new Flaky(instance));

        Log.FailsByDesign(log, instance);
        // Not a member "instance": in a problem that word means something else (RFC 9457 section 3.1.5).
        return TypedResults.Problem(
            $"{instance} fails this request by design; its neighbour would have answered it.",
            statusCode: StatusCodes.Status503ServiceUnavailable,
            extensions: [new("answeredBy", instance)]);
    }

    private sealed record Flaky(string Instance);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Instance} fails a request to /api/flaky by design")]
        public static partial void FailsByDesign(ILogger logger, string instance);
    }
}
