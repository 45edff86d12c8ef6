using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace FrontDoor.Gateway.Authentication;

/// <summary>
/// Remembers tokens that were found good: a signature check costs 50 us and more, a look-up about 1. Only good ones are kept, so a flood of
/// bad ones takes no room. Keyed by a digest of the whole token; what a connection repeats is known ahead of that. Whether an entry still holds is for the caller to judge, each time.
/// </summary>
internal sealed class TokenCache(TokenCacheOptions options)
{
    // What an entry keeps alive, roughly: the payload, its index, and what stages make of it, which grows with the token.
    public const long EntryBytes = 1024;
    public const long CharacterBytes = 4;

    // Two generations: entries enter the young one; when it is full it becomes the old one, and what nobody asked for since is dropped.
    // Bounded without a timer, one lock for all, or a list of uses.
    private ConcurrentDictionary<Digest, ValidatedToken> _young = new();
    private ConcurrentDictionary<Digest, ValidatedToken> _old = new();
    // A small cache has no room for it.
    private readonly LatestTokens? _latest = options.MaxEntries >= LatestTokens.Most && options.MaxBytes >= 4 * LatestTokens.MostBytes ? new() : null;
    private int _count;
    private long _bytes;

    private readonly record struct Digest(ulong A, ulong B, ulong C, ulong D);

    /// <summary>What it was made with.</summary>
    public TokenCacheOptions Options => options;

    /// <summary>Entries at the moment.</summary>
    public int Count => _young.Count + _old.Count;

    public ValidatedToken? Find(ReadOnlyMemory<char> token)
    {
        if (_latest?.Find(token) is { } same) return same;
        var found = Find(DigestOf(token.Span), token.Length);
        if (found is not null) _latest?.Meet(token, found);
        return found;
    }

    /// <summary>What was found does not hold any more: the next time the digest says whether a newer one does.</summary>
    public void Reject(ReadOnlyMemory<char> token) => _latest?.Remove(token);

    private ValidatedToken? Find(Digest digest, int tokenLength)
    {
        if (_young.TryGetValue(digest, out var entry)) return entry;
        if (_old.TryGetValue(digest, out entry)) Add(digest, tokenLength, entry);
        return entry;
    }

    public void Add(ReadOnlySpan<char> token, ValidatedToken entry)
    {
        if (options.MaxEntries > 0) Add(DigestOf(token), token.Length, entry);
    }

    private void Add(Digest digest, int tokenLength, ValidatedToken entry)
    {
        var bytes = Interlocked.Add(ref _bytes, EntryBytes + (CharacterBytes * tokenLength));
        var young = _young;
        if (Interlocked.Increment(ref _count) > options.MaxEntries / 2 || bytes > options.MaxBytes / 2)
        {
            // Of several threads that see it full one changes over; the others use the new one.
            var next = new ConcurrentDictionary<Digest, ValidatedToken>();
            if (Interlocked.CompareExchange(ref _young, next, young) == young)
            {
                _old = young;
                Interlocked.Exchange(ref _count, 1);
                Interlocked.Exchange(ref _bytes, 0);
            }

            young = _young;
        }

        young[digest] = entry;
    }

    private static Digest DigestOf(ReadOnlySpan<char> token)
    {
        Span<byte> hash = stackalloc byte[32];
        Span<byte> text = token.Length <= 2048 ? stackalloc byte[token.Length] : new byte[token.Length];
        // The shape check has let no other character pass, and a text that is not ASCII is never in the cache.
        var length = Encoding.Latin1.GetBytes(token, text);
        SHA256.HashData(text[..length], hash);
        return new(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]), BitConverter.ToUInt64(hash[16..]), BitConverter.ToUInt64(hash[24..]));
    }
}
