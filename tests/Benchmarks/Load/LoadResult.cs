namespace FrontDoor.Benchmarks.Load;

/// <summary>What one load saw.</summary>
/// <param name="Requests">Answers that came.</param>
/// <param name="Seconds">How long it lasted.</param>
/// <param name="P50">Median latency in milliseconds.</param>
/// <param name="P99">99th percentile of latency in milliseconds.</param>
/// <param name="Bad">Answers with another status than the expected one, and broken connections.</param>
internal sealed record LoadResult(long Requests, double Seconds, double P50, double P99, long Bad)
{
    public double PerSecond => Requests / Seconds;
}
