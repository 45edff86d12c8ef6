using System.Collections.Frozen;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>
/// The names that lie directly in a site's root. Most requests of a site that shares its host with APIs are for nothing there, and the list tells so with one
/// look at the folder's time instead of three at paths below it. It may say yes wrongly, which costs those looks; no only where nothing is.
/// </summary>
internal sealed class RootNames(string folder, TryList tries, ChangeWatch changes, TimeSpan checkEvery, TimeProvider time)
{
    // A folder with more is not read every second.
    private const int Most = 4096;

    // Clocks of file systems tick: two changes within a tick bear the same time, so a list of a folder that has just changed proves nothing.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    // Under load one look at the folder answers for the requests of the same moment. Less than it takes to change a file and then ask for it.
    private static readonly TimeSpan Moment = TimeSpan.FromMicroseconds(500);

    private volatile Listing? _listing;
    private long _looked;

    /// <param name="Names">Null: nothing can be told from it.</param>
    /// <param name="State">The folder before it was read.</param>
    /// <param name="Change">Of <see cref="ChangeWatch.Count"/>, before it was read.</param>
    /// <param name="At">When it was read.</param>
    private sealed record Listing(FrozenSet<string>? Names, FolderState State, int Change, long At);

    /// <summary>Whether something may be there for this path.</summary>
    /// <param name="path">Decoded path below the site's prefix.</param>
    public bool MayHave(string path)
    {
        var first = FirstSegment(path);
        // Beyond ASCII a file system may call names equal that are not, so it is asked itself.
        if (first.IsEmpty || !System.Text.Ascii.IsValid(first) || checkEvery == TimeSpan.Zero) return true;

        var listing = _listing;
        var isOfThisMoment = listing is not null && listing.Change == changes.Count && ReferenceEquals(time, TimeProvider.System) && time.GetElapsedTime(Volatile.Read(ref _looked)) < Moment;
        if (!isOfThisMoment) listing = Compare(listing);
        return listing?.Names is not { } names || Has(names, first, isWhole: first.Length + 1 == path.Length);
    }

    private Listing? Compare(Listing? listing)
    {
        var now = time.GetTimestamp();
        // It cannot be looked at: the paths themselves are asked, and say what is wrong.
        if (FolderState.Of(folder) is not { } state) return null;
        if (listing is null || listing.State != state || listing.Change != changes.Count || time.GetElapsedTime(listing.At) >= checkEvery) return Read(state, listing);
        Volatile.Write(ref _looked, now);
        return listing;
    }

    private bool Has(FrozenSet<string> names, ReadOnlySpan<char> first, bool isWhole)
    {
        var lookup = names.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.Contains(first)) return true;
        if (!isWhole) return false;

        // /about may be about.html.
        foreach (var suffix in tries.Suffixes)
        {
            if (suffix.Length > 1 && lookup.Contains(string.Concat(first, suffix))) return true;
        }

        return false;
    }

    private Listing Read(FolderState state, Listing? before)
    {
        // Changes below may come faster than requests; then the paths are looked at, as without a list.
        if (before is not null && before.State == state && time.GetElapsedTime(before.At) < checkEvery) return before with { Names = null };

        var (change, at) = (changes.Count, time.GetTimestamp());
        var isSettled = time.GetUtcNow().UtcDateTime - state.Modified > Settling;
        return _listing = new Listing(isSettled ? NamesNow() : null, state, change, at);
    }

    private FrozenSet<string>? NamesNow()
    {
        try
        {
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
            {
                if (names.Count == Most) return null;
                names.Add(Path.GetFileName(entry));
            }

            // Without case: where the file system has none, neither may this.
            return names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // the paths themselves are asked, and say what is wrong
        }
    }

    private static ReadOnlySpan<char> FirstSegment(string path)
    {
        if (path.Length < 2 || path[0] != '/') return default;
        var rest = path.AsSpan(1);
        var end = rest.IndexOf('/');
        return end < 0 ? rest : rest[..end];
    }
}
