using System.Globalization;
using System.Text;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>An answer as it stood on the wire, its body as Latin-1: one character for each byte.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Fields, string Body)
{
    /// <summary>Asks on a connection of its own, which is closed afterwards.</summary>
    public static async Task<RawAnswer> OfAsync(Uri server, string method, string target, params string[] fields)
    {
        var text = await RawHttp.RequestAsync(server, method, target, fields);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end > 0, $"no answer to {method} {target}: {text}");
        var lines = text[..end].Split("\r\n")[1..].Select(line => line.Split(": ", 2));
        return new(RawHttp.Status(text), lines.ToDictionary(l => l[0], l => l[1], StringComparer.OrdinalIgnoreCase), text[(end + 4)..]);
    }

    public string? this[string field] => Fields.GetValueOrDefault(field);

    public byte[] Bytes => Encoding.Latin1.GetBytes(Body);

    public long Length => long.Parse(Fields["Content-Length"], CultureInfo.InvariantCulture);

    public DateTimeOffset LastModified => DateTimeOffset.Parse(Fields["Last-Modified"], CultureInfo.InvariantCulture);
}
