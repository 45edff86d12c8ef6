using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>
/// Parts, forms and conditions asked of a file that is replaced all the time. Each version is one letter, repeated to a length of its own; its sidecar is the small letter.
/// </summary>
public sealed class ReplacedPartsTests
{
    private const int Versions = 12;

    // What each request asks for; {tag} is one that was seen before.
    private static readonly string[] Requests =
    [
        "", "Range: bytes=0-99", "Range: bytes=-100", "Range: bytes=0-9,100-70000,-10", "Range: bytes=10-19|If-Range: {tag}", "If-None-Match: {tag}", "Accept-Encoding: br",
        "Accept-Encoding: br|If-None-Match: {tag}", "Accept-Encoding: br|Range: bytes=5-9",
    ];

    [Theory]
    [InlineData("1048576")]
    [InlineData("200000")] // every other version is in memory
    [InlineData("0")]
    public async Task ReplacedUnderLoad_EveryPartIsOfOneVersion(string maxFileBytes)
    {
        await using var site = await ServedFolder.StartAsync(folder => Put(folder, 0), ("Cache:MaxFileBytes", maxFileBytes), ("Cache:CheckEvery", "00:00:00.010"));
        using var client = Client.For(site.App.Address);
        using var done = new CancellationTokenSource();
        var contents = new ConcurrentDictionary<string, char>();
        var answers = 0;
        var readers = Enumerable.Range(0, 4).Select(async reader =>
        {
            var tag = "\"none\"";
            for (var i = reader; !done.IsCancellationRequested; i++)
            {
                tag = await AskAsync(client, Requests[i % Requests.Length], tag, contents);
                Interlocked.Increment(ref answers);
            }
        }).ToArray();

        for (var version = 1; version <= Versions; version++)
        {
            Put(site.Folder, version);
            var (letter, before) = (Letter(version), Volatile.Read(ref answers));
            await Until.TrueAsync(
                () => readers.Any(r => r.IsFaulted)
                    || (Volatile.Read(ref answers) > before + (4 * Requests.Length) && contents.Values.Contains(letter) && contents.Values.Contains(char.ToLowerInvariant(letter))),
                $"version {version} is served in both forms");
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
        // And one tag for each content.
        Assert.Equal(contents.Count, contents.Values.Distinct().Count());
    }

    /// <returns>The answer's tag.</returns>
    private static async Task<string> AskAsync(HttpClient client, string fields, string tag, ConcurrentDictionary<string, char> contents)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a.bin");
        foreach (var field in fields.Replace("{tag}", tag, StringComparison.Ordinal).Split('|', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split(": ")))
            Assert.True(request.Headers.TryAddWithoutValidation(field[0], field[1]));
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var (status, own) = (answer.StatusCode, answer.Headers.ETag!.ToString());
        if (status == HttpStatusCode.NotModified)
        {
            Assert.Equal(tag, own);
            return own;
        }

        if (fields.Contains("If-None-Match", StringComparison.Ordinal)) Assert.NotEqual(tag, own);
        if (fields.Contains("If-Range", StringComparison.Ordinal)) Assert.Equal(status == HttpStatusCode.PartialContent, tag == own);
        else Assert.Equal(fields.Contains("Range", StringComparison.Ordinal) ? HttpStatusCode.PartialContent : HttpStatusCode.OK, status);

        var (letter, total) = Judge(answer, body);
        Assert.Equal(LengthOf(letter), total);
        Assert.Equal(char.IsLower(letter), answer.Content.Headers.ContentEncoding.Contains("br"));
        Assert.Equal(letter, contents.GetOrAdd(own, letter));
        return own;
    }

    /// <returns>The one letter that all parts consist of, and the length that they say the whole has.</returns>
    private static (char Letter, long Total) Judge(HttpResponseMessage answer, byte[] body)
    {
        var text = Encoding.Latin1.GetString(body);
        if (answer.StatusCode == HttpStatusCode.OK) return (OneLetter(text, text.Length), text.Length);
        if (answer.Content.Headers.ContentRange is { } range) return (OneLetter(text, range.To!.Value - range.From!.Value + 1), range.Length!.Value);

        var boundary = answer.Content.Headers.ContentType!.Parameters.Single().Value;
        var pieces = text.Split($"\r\n--{boundary}");
        Assert.Equal(("", "--\r\n"), (pieces[0], pieces[^1]));
        return Assert.Single(pieces[1..^1].Select(Part).Distinct());
    }

    private static (char Letter, long Total) Part(string piece)
    {
        var parts = piece.Split("\r\n\r\n");
        var range = ContentRangeHeaderValue.Parse(parts[0].Split("Content-Range: ")[1]);
        return (OneLetter(parts[1], range.To!.Value - range.From!.Value + 1), range.Length!.Value);
    }

    private static char OneLetter(string text, long length)
    {
        Assert.Equal(length, text.Length);
        Assert.False(text.AsSpan().ContainsAnyExcept(text[0]), "a mixture of two versions");
        return text[0];
    }

    private static char Letter(int version) => (char)('A' + version);

    private static long LengthOf(char letter) => char.IsLower(letter) ? 20_000 + letter : letter % 2 == 0 ? 150_000 + letter : 250_000 + letter;

    // The original first: its sidecar is never older.
    private static void Put(TestFolder folder, int version)
    {
        foreach (var (name, letter) in new[] { ("a.bin", Letter(version)), ("a.bin.br", char.ToLowerInvariant(Letter(version))) })
        {
            var next = folder.Write("next", new string(letter, (int)LengthOf(letter)));
            File.SetLastWriteTimeUtc(next, DateTime.UnixEpoch.AddDays(version + 1));
            File.Move(next, folder.File("site/" + name), overwrite: true);
        }
    }
}
