using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using FrontDoor.TokenService.Keys;

namespace FrontDoor.TokenService.RefreshTokens;

/// <summary>
/// The latest refresh tokens that this process signed and nobody has presented yet, by their digests: what it signed itself it need not verify, which is the dearest part of
/// a refresh. A token that is not here, because of its age, a restart or another node, is verified as any other.
/// </summary>
internal sealed class UnusedTokens(KeyRing keys, TimeProvider time)
{
    /// <summary>About 5 MB. When so many are young they become the old ones, and what was old is forgotten: at most twice as many are kept, without a timer.</summary>
    public const int MaxYoung = 16 * 1024;

    private ConcurrentDictionary<Digest, Entry> _young = new();
    private ConcurrentDictionary<Digest, Entry> _old = new();
    private int _count;

    private readonly record struct Digest(ulong A, ulong B, ulong C, ulong D);

    private sealed record Entry(IssuedToken Token, string Kid, long ExpiresAt);

    /// <param name="text">The signed token.</param>
    /// <param name="token">What it says.</param>
    /// <param name="kid">The key that signed it.</param>
    /// <param name="expiresAt">Its <c>exp</c>: Unix seconds.</param>
    public void Add(string text, IssuedToken token, string kid, long expiresAt)
    {
        var young = _young;
        if (Interlocked.Increment(ref _count) > MaxYoung)
        {
            // Of several threads that see it full one changes over.
            var next = new ConcurrentDictionary<Digest, Entry>();
            if (Interlocked.CompareExchange(ref _young, next, young) == young)
            {
                _old = young;
                Interlocked.Exchange(ref _count, 1);
            }

            young = _young;
        }

        young[DigestOf(text)] = new Entry(token, kid, expiresAt);
    }

    /// <returns>What the token says; null where it has to be verified, also when its time is over or its key was withdrawn.</returns>
    public IssuedToken? Take(string text)
    {
        var digest = DigestOf(text);
        if (!_young.TryRemove(digest, out var entry) && !_old.TryRemove(digest, out entry)) return null;
        return entry.ExpiresAt > time.GetUtcNow().ToUnixTimeSeconds() && keys.Find(entry.Kid) is not null ? entry.Token : null;
    }

    private static Digest DigestOf(string text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
        return MemoryMarshal.Read<Digest>(digest);
    }
}
