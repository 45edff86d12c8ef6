using System.IO.Compression;
using System.Text;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Compression;

/// <summary>On raw sockets: clients undo codings and hide lengths. The query of a request says what the back end answers with.</summary>
public sealed class CompressionTests : IAsyncLifetime
{
    private const string Open = "/api/public/echo/x";
    private const string Own = "/api/echo/x";
    private const string Risky = "/api/profile";

    private static readonly string Body = string.Concat(Enumerable.Repeat("0123456789abcdef", 200));

    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync(AnswerAsync);
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?>
        {
            ["Compression:Routes:public-echo:MinBytes"] = "1000",
            ["Compression:Routes:echo:MinBytes"] = "1000",
            ["Compression:Routes:profile:AcceptBreachRisk"] = "true",
            ["Compression:Routes:events:MinBytes"] = "0",
            ["Caching:kept:MaxAge"] = "01:00:00",
            ["ReverseProxy:Routes:kept:ClusterId"] = "sample",
            ["ReverseProxy:Routes:kept:AuthorizationPolicy"] = "Anonymous",
            ["ReverseProxy:Routes:kept:OutputCachePolicy"] = "kept",
            ["ReverseProxy:Routes:kept:Match:Path"] = "/kept/{**rest}",
            ["Compression:Routes:kept:MinBytes"] = "0",
        });
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("gzip, br", "br")]
    [InlineData("gzip;q=1, br;q=0.5", "gzip")]
    [InlineData("zstd, gzip;q=0.1", "gzip")]
    public async Task Answer_IsCompressedAsTheClientLikes(string accepted, string coding)
    {
        var (head, body) = await AskAsync("GET", $"{Open}?etag", $"Accept-Encoding: {accepted}");
        Assert.Equal(coding, Field(head, "Content-Encoding"));
        Assert.Equal("Accept-Encoding", Field(head, "Vary"));
        Assert.Equal("W/\"v1\"", Field(head, "ETag"));
        Assert.Null(Field(head, "Content-Length"));
        Assert.Null(Field(head, "Accept-Ranges"));
        Assert.Equal(Body, Inflate(body, coding));
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("gzip;q=0, br;q=0")]
    [InlineData("zstd")]
    [InlineData(null)]
    public async Task ClientThatTakesNone_GetsTheBackEndsBytes_AndVary(string? accepted)
    {
        var (head, body) = await AskAsync("GET", $"{Open}?etag", accepted is null ? [] : [$"Accept-Encoding: {accepted}"]);
        Assert.Null(Field(head, "Content-Encoding"));
        Assert.Equal("Accept-Encoding", Field(head, "Vary"));
        Assert.Equal("\"v1\"", Field(head, "ETag"));
        Assert.Equal(Body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), Field(head, "Content-Length"));
        Assert.Equal(Body, Encoding.ASCII.GetString(body));
    }

    [Theory]
    [InlineData("cookie")]
    [InlineData("no-transform")]
    [InlineData("encoded")]
    [InlineData("part")]
    [InlineData("digest")]
    [InlineData("short")]
    [InlineData("image")]
    [InlineData("events")]
    [InlineData("grpc")]
    [InlineData("untyped")]
    public async Task AnswerThatMustNotChange_DoesNot(string kind)
    {
        var (head, body) = await AskAsync("GET", $"{Open}?{kind}", "Accept-Encoding: gzip");
        Assert.Equal(kind == "encoded" ? "x-own" : null, Field(head, "Content-Encoding"));
        Assert.Equal(kind == "short" ? "short" : Body, Encoding.ASCII.GetString(body));
    }

    [Theory]
    [InlineData(Own, "Authorization: Bearer TOKEN")]
    [InlineData(Open, "Authorization: Basic eDp5")]
    [InlineData(Open, "Cookie: session=1")]
    public async Task RequestWithCredentials_IsNotCompressed(string path, string credentials)
    {
        var (head, _) = await AskAsync("GET", path, "Accept-Encoding: gzip", credentials.Replace("TOKEN", _issuer.Token(), StringComparison.Ordinal));
        Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
        Assert.Null(Field(head, "Content-Encoding"));
    }

    [Fact]
    public async Task RouteThatAcceptsTheRisk_IsCompressedWithCredentialsToo()
    {
        var (head, body) = await AskAsync("GET", Risky, "Accept-Encoding: gzip", $"Authorization: Bearer {_issuer.Token()}");
        Assert.Equal("gzip", Field(head, "Content-Encoding"));
        Assert.Equal(Body, Inflate(body, "gzip"));
    }

    [Fact]
    public async Task RouteThatIsNotNamed_IsLeftAlone()
    {
        var (head, _) = await AskAsync("GET", "/.well-known/jwks.json", "Accept-Encoding: gzip");
        Assert.Null(Field(head, "Content-Encoding"));
        Assert.Null(Field(head, "Vary"));
    }

    [Fact]
    public async Task Head_HasTheFieldsOfGet()
    {
        var (head, body) = await AskAsync("HEAD", $"{Open}?etag", "Accept-Encoding: gzip");
        Assert.Equal(("gzip", "Accept-Encoding", "W/\"v1\"", null), (Field(head, "Content-Encoding"), Field(head, "Vary"), Field(head, "ETag"), Field(head, "Content-Length")));
        Assert.Empty(body);
    }

    [Fact]
    public async Task NotModified_SaysVary_AndHasNoCoding()
    {
        var (head, _) = await AskAsync("GET", $"{Open}?etag", "Accept-Encoding: gzip", "If-None-Match: W/\"v1\"");
        Assert.StartsWith("HTTP/1.1 304", head, StringComparison.Ordinal);
        Assert.Equal(("Accept-Encoding", null), (Field(head, "Vary"), Field(head, "Content-Encoding")));
    }

    [Fact]
    public async Task KeptAnswer_ServesBothCodingsAndNone()
    {
        foreach (var (accepted, coding) in new[] { ("gzip", "gzip"), ("gzip", "gzip"), ("br", "br"), ("identity", null), ("gzip", "gzip") })
        {
            var (head, body) = await AskAsync("GET", "/kept/x", $"Accept-Encoding: {accepted}");
            Assert.Equal((coding, "Accept-Encoding"), (Field(head, "Content-Encoding"), Field(head, "Vary")));
            Assert.Equal(Body, coding is null ? Encoding.ASCII.GetString(body) : Inflate(body, coding));
        }

        Assert.Equal(3, _backend.Received.Count(r => r.Target == "/kept/x"));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var kind = request.QueryString.Value?.TrimStart('?') ?? "";
        response.ContentType = kind switch { "image" => "image/png", "events" => "text/event-stream", "grpc" => "application/grpc", "untyped" => null, _ => "application/json; charset=utf-8" };
        if (kind == "etag") (response.Headers.ETag, response.Headers.AcceptRanges) = ("\"v1\"", "bytes");
        if (kind == "cookie") response.Headers.SetCookie = "a=b";
        if (kind == "no-transform") response.Headers.CacheControl = "max-age=5, no-transform";
        if (kind == "encoded") response.Headers.ContentEncoding = "x-own";
        if (kind == "digest") response.Headers["Content-Digest"] = "sha-256=:AAAA:";
        if (kind == "part") (response.StatusCode, response.Headers.ContentRange) = (206, $"bytes 0-{Body.Length - 1}/9999");
        if (request.Headers.IfNoneMatch.ToString().Contains("\"v1\"", StringComparison.Ordinal))
        {
            response.StatusCode = 304;
            return;
        }

        var body = Encoding.ASCII.GetBytes(kind == "short" ? "short" : Body);
        response.ContentLength = body.Length;
        if (HttpMethods.IsGet(request.Method)) await response.Body.WriteAsync(body);
    }

    private async Task<(string Head, byte[] Body)> AskAsync(string method, string target, params string[] headers)
    {
        var bytes = Encoding.Latin1.GetBytes(await RawHttp.RequestAsync(_gateway.Address, method, target, headers));
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        var (head, body) = (Encoding.Latin1.GetString(bytes, 0, end + 2), bytes[(end + 4)..]);
        return (head, Field(head, "Transfer-Encoding") == "chunked" ? Unchunk(body) : body);
    }

    private static string? Field(string head, string name) =>
        head.Split("\r\n").Where(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(l => l[(name.Length + 1)..].Trim()).Aggregate((string?)null, (a, b) => a is null ? b : $"{a}|{b}");

    private static byte[] Unchunk(byte[] body)
    {
        using var whole = new MemoryStream();
        for (var at = 0; at < body.Length;)
        {
            var line = body.AsSpan(at).IndexOf("\r\n"u8);
            var length = Convert.ToInt32(Encoding.ASCII.GetString(body, at, line), 16);
            whole.Write(body, at + line + 2, length);
            at += line + 2 + length + 2;
        }

        return whole.ToArray();
    }

    private static string Inflate(byte[] body, string coding)
    {
        using var packed = new MemoryStream(body);
        using Stream open = coding == "br" ? new BrotliStream(packed, CompressionMode.Decompress) : new GZipStream(packed, CompressionMode.Decompress);
        using var reader = new StreamReader(open, Encoding.ASCII);
        return reader.ReadToEnd();
    }
}
