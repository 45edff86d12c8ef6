namespace FrontDoor.Benchmarks.Load;

/// <summary>What one load saw.</summary>
/// <param name="Requests">Answers that came.</param>
/// <param name="Seconds">How long it lasted.</param>
/// <param name="P50">Median latency in milliseconds.</param>
/// <param name="P99">99th percentile of latency in milliseconds.</param>
/// <param name="Bad">Answers with another status than the expected one, and broken connections.</param>
/// <param name="Cpu">CPU time of each in microseconds where the load itself knows; null where it is the party's processes'.</param>
internal sealed record LoadResult(long Requests, double Seconds, double P50, double P99, long Bad, double? Cpu = null)
{
    public double PerSecond => Requests / Seconds;
}
