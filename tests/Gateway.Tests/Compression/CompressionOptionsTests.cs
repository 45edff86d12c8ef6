using FrontDoor.Gateway.Compression;
using Xunit;

namespace FrontDoor.Gateway.Tests.Compression;

public sealed class CompressionOptionsTests
{
    [Theory]
    [InlineData("application/json", 0, null)]
    [InlineData("application/vnd.api+json", 1048576, null)]
    [InlineData("json", 0, "Compression:Routes:r:Types has 'json'; a media type is two words with a slash, such as application/json")]
    [InlineData("text/*", 0, "Compression:Routes:r:Types has 'text/*'; a media type is two words with a slash, such as application/json")]
    [InlineData("text/html; charset=utf-8", 0, "Compression:Routes:r:Types has 'text/html; charset=utf-8'; a media type is two words with a slash, such as application/json")]
    [InlineData("text/event-stream", 0, "Compression:Routes:r:Types has text/event-stream, a stream; its messages would wait for each other")]
    [InlineData("application/grpc+proto", 0, "Compression:Routes:r:Types has application/grpc+proto, a stream; its messages would wait for each other")]
    [InlineData("text/html", -1, "Compression:Routes:r:MinBytes is -1; it must be from 0 to 1048576")]
    [InlineData("text/html", 1048577, "Compression:Routes:r:MinBytes is 1048577; it must be from 0 to 1048576")]
    public void Settings_AreJudged(string type, long least, string? fault) => Assert.Equal(
        fault is null ? [] : [fault],
        new CompressionOptionsValidator().Validate(null, new CompressionOptions { Routes = new Dictionary<string, RouteCompression> { ["r"] = new() { Types = [type], MinBytes = least } } }).Failures ?? []);
}
