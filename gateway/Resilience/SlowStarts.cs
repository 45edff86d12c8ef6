using System.Collections.Concurrent;
using FrontDoor.Gateway.Forwarding;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace FrontDoor.Gateway.Resilience;

/// <summary>
/// Destinations that have just come (back), and how much of their share they get: a service with cold caches must not get all of it at once. A destination comes back when health checks
/// find it well, when its circuit closes, or when a reload adds it; those that a gateway or a cluster starts with are as warm as they ever are.
/// </summary>
/// <param name="lengthOf">How long in a cluster; 0 for not at all.</param>
/// <param name="time">The clock.</param>
internal sealed class SlowStarts(Func<string, TimeSpan> lengthOf, TimeProvider time)
{
    // Little, but enough to warm up by.
    private const double Least = 0.1;

    private readonly ConcurrentDictionary<DestinationState, Ramp> _ramps = new(ReferenceEqualityComparer.Instance);

    private sealed class Ramp(long since, TimeSpan length)
    {
        public long Since => since;

        public TimeSpan Length => length;

        /// <summary>What it has been passed over for, in shares; at 1 it is its turn. By turns and not by chance: a tenth is every tenth request.</summary>
        public double Credit;
    }

    /// <summary>Whether any is on its way. The one question on every request.</summary>
    public bool Any => !_ramps.IsEmpty;

    /// <summary>The part of its share that a destination gets: from 0.1 up to 1.</summary>
    public double ShareOf(DestinationState destination)
    {
        if (!_ramps.TryGetValue(destination, out var ramp)) return 1;
        var share = time.GetElapsedTime(ramp.Since) / ramp.Length;
        if (share < 1) return Math.Max(Least, share);
        _ramps.TryRemove(new(destination, ramp));
        return 1;
    }

    /// <summary>Whether a destination that was chosen gets this request; of those for it, its share says how many.</summary>
    public bool Admits(DestinationState destination)
    {
        var share = ShareOf(destination);
        if (share >= 1 || !_ramps.TryGetValue(destination, out var ramp)) return true;
        lock (ramp)
        {
            // Sums of tenths fall short of one by a hair.
            if ((ramp.Credit += share) < 1 - 1e-9) return false;
            ramp.Credit -= 1;
            return true;
        }
    }

    /// <summary>Begins anew for those that are available now and were not.</summary>
    public void Changed(string cluster, ClusterDestinationsState before, ClusterDestinationsState after)
    {
        if (before.AllDestinations.Count == 0) return;
        foreach (var destination in after.AvailableDestinations.Except(before.AvailableDestinations)) Begin(cluster, destination);
        foreach (var gone in before.AllDestinations.Except(after.AllDestinations)) _ramps.TryRemove(gone, out _);
    }

    /// <summary>Begins anew, where the cluster is configured so.</summary>
    public void Begin(string cluster, DestinationState destination)
    {
        var length = lengthOf(cluster);
        if (length > TimeSpan.Zero) _ramps[destination] = new Ramp(time.GetTimestamp(), length);
    }

    /// <summary>Hears from YARP which destinations may be chosen.</summary>
    internal sealed class Updater(IClusterDestinationsUpdater yarp, SlowStarts starts) : IClusterDestinationsUpdater
    {
        public void UpdateAvailableDestinations(ClusterState cluster) => Watch(cluster, yarp.UpdateAvailableDestinations);

        public void UpdateAllDestinations(ClusterState cluster) => Watch(cluster, yarp.UpdateAllDestinations);

        private void Watch(ClusterState cluster, Action<ClusterState> update)
        {
            var before = cluster.DestinationsState;
            update(cluster);
            starts.Changed(ProxyConfigProvider.IdOf(cluster.Model.Config.Metadata), before, cluster.DestinationsState);
        }
    }
}
