using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FrontDoor.Gateway.Authentication;

/// <summary>
/// The tokens that connections sent last. A client sends the same one with each request, and the server then gives the same string; by that it is known again without the digest, which is
/// most of what a remembered token costs. Texts are never compared, so what an answer's time tells is nothing about them.
/// </summary>
internal sealed class LatestTokens
{
    /// <summary>How many it keeps: about one for each busy connection. Two that meet in one place take turns.</summary>
    public const int Most = 1024;

    // In characters, a few times the usual: the texts are kept, too, 4 MB of them at most.
    private const int LongestField = 2048;

    /// <summary>The most memory that they keep alive, in bytes, estimated as <see cref="TokenCache"/> does, with their texts: 13 MiB.</summary>
    public const long MostBytes = Most * (TokenCache.EntryBytes + (TokenCache.CharacterBytes * LongestField) + (2L * LongestField));

    private readonly Latest?[] _places = new Latest?[Most];

    // Hashes of the texts that were met, by place. Two threads at one place lose nothing but a time.
    private readonly int[] _met = new int[Most];

    private sealed record Latest(string Field, int Start, int Length, ValidatedToken Token);

    /// <param name="token">A part of a header field's text.</param>
    public ValidatedToken? Find(ReadOnlyMemory<char> token) =>
        MemoryMarshal.TryGetString(token, out var field, out var start, out var length) && Volatile.Read(ref _places[PlaceOf(field)]) is { } latest
            && ReferenceEquals(latest.Field, field) && latest.Start == start && latest.Length == length
            ? latest.Token : null;

    /// <summary>It was met. Kept is what is met a second time.</summary>
    public void Meet(ReadOnlyMemory<char> token, ValidatedToken entry)
    {
        // One from a cookie or the query is a text of its own, made for this request: it cannot come again.
        if (!MemoryMarshal.TryGetString(token, out var field, out var start, out var length) || start == 0 || field.Length > LongestField) return;
        // Of a client that has another for each request none comes again, either: keeping those would cost memory, and others their places.
        var (place, hash) = (PlaceOf(field), RuntimeHelpers.GetHashCode(field));
        if (_met[place] == hash) Volatile.Write(ref _places[place], new Latest(field, start, length, entry));
        else _met[place] = hash;
    }

    /// <summary>What is known of it does not hold any more.</summary>
    public void Remove(ReadOnlyMemory<char> token)
    {
        if (Find(token) is not null && MemoryMarshal.TryGetString(token, out var field, out _, out _)) Volatile.Write(ref _places[PlaceOf(field)], null);
    }

    private static int PlaceOf(string field) => RuntimeHelpers.GetHashCode(field) & (Most - 1);
}
