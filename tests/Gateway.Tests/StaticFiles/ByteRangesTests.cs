using CsCheck;
using FrontDoor.Gateway.StaticFiles;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>The arithmetic of ranges against the simplest model there is: each byte is asked whether it belongs to the range.</summary>
public sealed class ByteRangesTests
{
    private static readonly Gen<(int? From, int? To)> Item = Gen.OneOf(
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 40], (a, b) => ((int?)Math.Min(a, b), (int?)Math.Max(a, b))),
        Gen.Int[0, 40].Select(a => ((int?)a, (int?)null)),
        Gen.Int[0, 40].Select(n => ((int?)null, (int?)n)));

    [Fact]
    public void Ranges_AreThoseOfTheModel() => Gen.Select(Item.Array[1, 6], Gen.Int[0, 30], Gen.Int[0, 6]).Sample((items, length, max) =>
    {
        var actual = ByteRanges.Of("bytes=" + string.Join(',', items.Select(i => $"{i.From}-{i.To}")), length, max);
        var model = items.Select(i => BytesOf(i, length)).Where(bytes => bytes.Length > 0).ToArray();
        var ignored = length == 0 || items.Length > max || (model.Length > 1 && model.Sum(b => b.Length) > length);
        if (ignored)
        {
            Assert.Null(actual);
            return;
        }

        Assert.Equal(model, actual!.Select(r => Enumerable.Range((int)r.From, (int)r.Length).ToArray()));
    });

    [Fact]
    public void BlanksAndEmptyItems_ChangeNothing() => Gen.Select(Item.Array[1, 4], Any(", ", " ,", "\t,  ", ",,", ", ,"), Any("", " ", ",")).Sample((items, between, after) =>
    {
        var plain = items.Select(i => $"{i.From}-{i.To}").ToArray();
        Assert.Equal(ByteRanges.Of("bytes=" + string.Join(',', plain), 30, 16), ByteRanges.Of("bytes=" + string.Join(between, plain) + after, 30, 16));
    });

    [Fact]
    public void AnyText_ComesToPartsOfTheFileOrDoesNotCount() => Gen.Select(Gen.String[Gen.Char["0129-, x"], 0, 8], Gen.Int[0, 12], Gen.Int[0, 3]).Sample(
        (text, length, max) =>
        {
            if (ByteRanges.Of("bytes=" + text, length, max) is not { } parts) return;
            Assert.InRange(parts.Count, 0, max);
            Assert.All(parts, part => Assert.True(part.From >= 0 && part.Length >= 1 && part.From + part.Length <= length, $"{part} of {length}"));
        },
        iter: 10_000);

    [Fact]
    public void HugeFiles_DoNotOverflow()
    {
        const long length = long.MaxValue;
        Assert.Equal([new ByteRange(length - 1, 1)], ByteRanges.Of($"bytes={length - 1}-{length}", length, 16));
        Assert.Equal([new ByteRange(1, length - 1)], ByteRanges.Of("bytes=1-", length, 16));
        Assert.Equal("bytes 1-2/9223372036854775807", new ByteRange(1, 2).In(length));
    }

    private static Gen<string> Any(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static int[] BytesOf((int? From, int? To) item, int length) =>
        [.. Enumerable.Range(0, length).Where(at => item.From is { } from ? at >= from && at <= (item.To ?? int.MaxValue) : at >= length - item.To)];
}
