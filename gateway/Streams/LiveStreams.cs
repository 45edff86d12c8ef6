using System.Collections.Concurrent;

namespace FrontDoor.Gateway.Streams;

/// <summary>All streams under way that must not outlive their tokens.</summary>
internal sealed class LiveStreams
{
    private readonly ConcurrentDictionary<LiveStream, bool> _all = new();

    public int Count => _all.Count;

    public void Add(LiveStream stream) => _all[stream] = true;

    /// <summary>Called by the stream itself when its answer is complete.</summary>
    public void Remove(LiveStream stream) => _all.TryRemove(stream, out _);

    /// <summary>Ends those whose token does.</summary>
    /// <returns>The ended.</returns>
    public IEnumerable<LiveStream> EndWithTheirTokens(DateTime now)
    {
        foreach (var stream in _all.Keys)
        {
            if (stream.Objection(now) is not { } reason || !_all.TryRemove(stream, out _)) continue;
            stream.End(reason);
            yield return stream;
        }
    }
}
