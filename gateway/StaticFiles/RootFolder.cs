namespace FrontDoor.Gateway.StaticFiles;

/// <summary>Where a site's root really is. Deployments swap a link, the root itself or one above it, so that is asked whenever the disk is.</summary>
/// <param name="configured">Full path, as it is configured.</param>
/// <param name="checkEvery">How long a folder that is still the same is taken to lie where it lay.</param>
/// <param name="time">For its age.</param>
/// <param name="moved">Told when it is another folder than before.</param>
internal sealed class RootFolder(string configured, TimeSpan checkEvery, TimeProvider time, Action<string>? moved = null)
{
    private readonly Lock _resolving = new();
    private volatile Place? _place;

    private sealed record Place(string Path, (ulong, ulong)? Identity, long At);

    /// <summary>As it is configured, links and all.</summary>
    public string Configured => configured;

    /// <summary>Its full path without links, now.</summary>
    public string Now()
    {
        var identity = Inode.Of(configured) is { } inode ? (inode.Device, inode.Number) : ((ulong, ulong)?)null;
        return _place is { } known && IsStill(known, identity) ? known.Path : Resolve(identity);
    }

    private string Resolve((ulong, ulong)? identity)
    {
        lock (_resolving)
        {
            var before = _place;
            if (before is not null && IsStill(before, identity)) return before.Path;
            var now = new Place(RealPath.Of(configured), identity, time.GetTimestamp());
            _place = now;
            if (before is not null && (before.Path != now.Path || before.Identity != now.Identity)) moved?.Invoke(now.Path);
            return now.Path;
        }
    }

    private bool IsStill(Place place, (ulong, ulong)? identity) => identity is not null && identity == place.Identity && time.GetElapsedTime(place.At) < checkEvery;
}
