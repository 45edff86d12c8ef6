using System.Text;
using CsCheck;
using FrontDoor.Gateway.StaticFiles;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class MultipartRangesTests
{
    private static readonly Gen<ByteRange> Range = Gen.Select(Gen.Long[0, 1L << 40], Gen.Long[1, 1L << 40], (from, length) => new ByteRange(from, length));

    [Fact]
    public void Length_IsThatOfWhatIsWritten() => Range.Array[2, 16].Sample(ranges =>
    {
        var total = ranges.Max(r => r.From + r.Length);
        var multipart = new MultipartRanges(ranges, total, "text/plain");
        var boundary = multipart.ContentType.Split("boundary=")[1];
        var heads = ranges.Select(r => $"\r\n--{boundary}\r\nContent-Type: text/plain\r\nContent-Range: bytes {r.From}-{r.From + r.Length - 1}/{total}\r\n\r\n").ToArray();
        var end = $"\r\n--{boundary}--\r\n";
        Assert.Equal(ranges, multipart.Parts.Select(p => p.Range));
        Assert.Equal(heads, multipart.Parts.Select(p => Encoding.ASCII.GetString(p.Head)));
        Assert.Equal(end, Encoding.ASCII.GetString(multipart.End.Span));
        Assert.Equal(heads.Sum(h => h.Length) + ranges.Sum(r => r.Length) + end.Length, multipart.ContentLength);
    });
}
