using System.Globalization;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>RFC 9110 section 13.2.2, and the rows on conditional requests of the static hosting contract; one file in memory, one sent from disk.</summary>
public sealed class ConditionalTests : IAsyncLifetime
{
    private ServedFolder _site = null!;
    private RawAnswer _whole = null!;
    private RawAnswer _wholeFromDisk = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await ServedFolder.StartAsync(
            folder =>
            {
                folder.Write("site/a.txt", "0123456789");
                folder.Write("site/disk.txt", "0123456789-");
            },
            ("Headers:X-Frame-Options", "DENY"), ("Cache:MaxFileBytes", "10"));
        (_whole, _wholeFromDisk) = (await _site.GetAsync("/a.txt"), await _site.GetAsync("/disk.txt"));
    }

    [Theory]
    [InlineData("If-None-Match: {etag}", 304)]
    [InlineData("If-None-Match: \"other\", {etag}", 304)]
    [InlineData("If-None-Match: W/{etag}", 304)]
    [InlineData("If-None-Match: *", 304)]
    [InlineData("If-None-Match: \"other\"", 200)]
    [InlineData("If-None-Match: garbage", 200)]
    [InlineData("If-Modified-Since: {date}", 304)]
    [InlineData("If-Modified-Since: {later}", 304)]
    [InlineData("If-Modified-Since: {earlier}", 200)]
    [InlineData("If-Modified-Since: yesterday", 200)]
    [InlineData("If-None-Match: {etag}|If-Modified-Since: {earlier}", 304)]
    [InlineData("If-None-Match: \"other\"|If-Modified-Since: {date}", 200)]
    [InlineData("If-Match: {etag}", 200)]
    [InlineData("If-Match: \"other\", {etag}", 200)]
    [InlineData("If-Match: *", 200)]
    [InlineData("If-Match: \"other\"", 412)]
    [InlineData("If-Match: W/{etag}", 412)]
    [InlineData("If-Match: garbage", 412)]
    [InlineData("If-Unmodified-Since: {date}", 200)]
    [InlineData("If-Unmodified-Since: {later}", 200)]
    [InlineData("If-Unmodified-Since: {earlier}", 412)]
    [InlineData("If-Match: {etag}|If-Unmodified-Since: {earlier}", 200)]
    [InlineData("If-Match: \"other\"|If-None-Match: {etag}", 412)]
    [InlineData("If-Match: {etag}|If-None-Match: {etag}", 304)]
    [InlineData("Range: bytes=0-3|If-None-Match: {etag}", 304)]
    [InlineData("Range: bytes=0-3|If-Match: \"other\"", 412)]
    [InlineData("Range: bytes=0-3|If-Range: {etag}", 206)]
    [InlineData("Range: bytes=0-3|If-Range: {date}", 206)]
    [InlineData("Range: bytes=0-3|If-Range: W/{etag}", 200)]
    [InlineData("Range: bytes=0-3|If-Range: \"other\"", 200)]
    [InlineData("Range: bytes=0-3|If-Range: {later}", 200)]
    [InlineData("Range: bytes=0-3|If-Range: {earlier}", 200)]
    [InlineData("Range: bytes=0-3|If-Range: garbage", 200)]
    [InlineData("If-Range: {etag}", 200)]
    public async Task Condition_ComesTo(string fields, int status)
    {
        foreach (var (method, path, whole) in new[] { ("GET", "/a.txt", _whole), ("HEAD", "/a.txt", _whole), ("GET", "/disk.txt", _wholeFromDisk), ("HEAD", "/disk.txt", _wholeFromDisk) })
        {
            var answer = await _site.AskAsync(method, path, Fill(fields, whole));
            Assert.Equal((method, path, status), (method, path, answer.Status));
            if (method == "HEAD" || status == 304) Assert.Empty(answer.Body);
            else if (status == 200) Assert.Equal(whole.Body, answer.Body);
            else if (status == 206) Assert.Equal("0123", answer.Body);
        }
    }

    [Fact]
    public async Task NotModified_SaysAboutCachingWhat200SaysAndNothingAboutContent()
    {
        foreach (var (path, whole) in new[] { ("/a.txt", _whole), ("/disk.txt", _wholeFromDisk) })
        {
            var answer = await _site.GetAsync(path, $"If-None-Match: {whole["ETag"]}");
            foreach (var field in new[] { "ETag", "Last-Modified", "Cache-Control", "X-Frame-Options" })
            {
                Assert.NotNull(answer[field]);
                Assert.Equal(whole[field], answer[field]);
            }

            Assert.All(["Content-Type", "Content-Length", "Content-Encoding"], field => Assert.Null(answer[field]));
        }
    }

    private static string[] Fill(string fields, RawAnswer whole) => fields
        .Replace("{etag}", whole["ETag"], StringComparison.Ordinal)
        .Replace("{date}", whole["Last-Modified"], StringComparison.Ordinal)
        .Replace("{later}", whole.LastModified.AddHours(1).ToString("R", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{earlier}", whole.LastModified.AddHours(-1).ToString("R", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Split('|');

    public ValueTask DisposeAsync() => _site.DisposeAsync();
}
