using System.Security.Cryptography;
using System.Text;
using FrontDoor.Gateway.Configuration;

namespace FrontDoor.Gateway.Upstream;

/// <summary>What is in the files of <c>Upstream</c>, as digests by cluster, so that a replaced file makes another configuration.</summary>
internal static class UpstreamFiles
{
    public static IReadOnlyDictionary<string, string> DigestsOf(UpstreamOptions options) =>
        options.Clusters.Where(c => FilesOf(c.Value).Any()).ToDictionary(c => c.Key, c => DigestOf(c.Value), StringComparer.OrdinalIgnoreCase);

    public static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) => one.Count == other.Count && !one.Except(other).Any();

    private static IEnumerable<string> FilesOf(ClusterUpstream cluster) => new[] { cluster.CaFile, cluster.ClientCertificateFile, cluster.ClientKeyFile }.OfType<string>();

    private static string DigestOf(ClusterUpstream cluster) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', FilesOf(cluster).Select(ContentOf)))));

    // By content: a mounted secret changes behind links whose own time stays.
    private static string ContentOf(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.GetType().Name; // the reader says what is wrong with it
        }
    }
}

/// <summary>Has the configuration read anew when a file of <c>Upstream</c> was replaced; a faulty one is then reported and not taken.</summary>
internal sealed class FollowUpstreamFiles(CurrentConfig current, ConfigReload reload, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var seen = current.Value.UpstreamFiles;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = UpstreamFiles.DigestsOf(current.Value.Upstream);
                if (!UpstreamFiles.Same(now, seen)) reload.Ask();
                seen = now;
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }
}
