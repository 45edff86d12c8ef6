using System.Diagnostics.Metrics;
using Polly.Telemetry;

namespace FrontDoor.Gateway.Resilience;

/// <summary>
/// Counts what pipelines do: retries, hedges, timeouts, circuits, refusals. Polly's own meter would also count that each request passes, with six tags, which costs more
/// than everything else that is measured.
/// </summary>
internal sealed class PipelineEvents : TelemetryListener
{
    public const string MeterName = "FrontDoor.Gateway.Resilience";

    public static readonly PipelineEvents Instance = new();

    private static readonly Counter<long> Events = new Meter(MeterName).CreateCounter<long>(
        "gateway.upstream.events", "{event}", "What pipelines did (pipeline: cluster, or cluster and address; event: OnRetry, OnHedging, OnTimeout, OnCircuitOpened, OnRateLimiterRejected …)");

    /// <summary>Counts a timeout of an attempt that was made ahead of its pipeline as the pipeline would have.</summary>
    public static void CountTimeout(string pipeline) => Events.Add(1, new("pipeline", pipeline), new("event", "OnTimeout"));

    public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
    {
        if (args.Event.EventName is "PipelineExecuting" or "PipelineExecuted" or "ExecutionAttempt") return;
        Events.Add(1, new("pipeline", args.Source.PipelineName), new("event", args.Event.EventName));
    }
}
