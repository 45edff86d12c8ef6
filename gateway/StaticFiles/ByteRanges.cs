using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>A part of a file.</summary>
/// <param name="From">Its first byte.</param>
/// <param name="Length">Its number of bytes, at least 1.</param>
internal readonly record struct ByteRange(long From, long Length)
{
    /// <summary>The field Content-Range of this part.</summary>
    public string In(long total) => FormattableString.Invariant($"bytes {From}-{From + Length - 1}/{total}");
}

/// <summary>The arithmetic of byte ranges (RFC 9110 section 14.1.2).</summary>
internal static class ByteRanges
{
    /// <param name="field">The field Range.</param>
    /// <param name="length">Of the file.</param>
    /// <param name="max">Most ranges that are served at once.</param>
    /// <returns>The parts in the order asked for; none: not satisfiable; null: the field does not count, the whole file is the answer.</returns>
    public static IReadOnlyList<ByteRange>? Of(StringValues field, long length, int max)
    {
        if (field.Count != 1 || length == 0) return null;
        if (!RangeHeaderValue.TryParse(field.ToString(), out var range) || !range.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase)) return null;
        if (range.Ranges.Count > max) return null;

        var parts = range.Ranges.Select(r => Part(r, length)).OfType<ByteRange>().ToList();
        // More bytes than the whole file has: nobody needs that but whoever wants to keep us busy (RFC 9110 section 17.15).
        return parts.Count > 1 && parts.Sum(p => p.Length) > length ? null : parts;
    }

    private static ByteRange? Part(RangeItemHeaderValue item, long length)
    {
        if (item.From is not { } from)
        {
            var last = Math.Min(item.To ?? 0, length);
            return last == 0 ? null : new(length - last, last);
        }

        return from >= length ? null : new(from, Math.Min(item.To ?? long.MaxValue, length - 1) - from + 1);
    }
}
