using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Edge;

/// <summary>RFC 9112: a message whose end two parties could see in different places ends the connection; its rest is never a request.</summary>
public sealed class FramingTests(SharedGateway gateway)
{
    [Theory]
    [InlineData("Content-Length: 0\r\nContent-Length: 5", "")]
    [InlineData("Content-Length: 0\r\nContent-Length: 0", "")]
    [InlineData("Content-Length: 0, 0", "")]
    [InlineData("Content-Length: -1", "")]
    [InlineData("Content-Length: 0x0", "")]
    [InlineData("Content-Length: ", "")]
    [InlineData("Content-Length: 0 0", "")]
    [InlineData("Content-Length: 18446744073709551616", "")]
    [InlineData("Content-Length : 0", "")]
    [InlineData("Content-Length: +5", "")]
    [InlineData("Content-Length: +0", "")]
    [InlineData("Content-Length: -0", "")]
    [InlineData("Content-Length: 5;", "")]
    [InlineData("Content-Length: 1e1", "")]
    [InlineData("Content-Length: 5\r\nContent-Length: 5", "")]
    [InlineData("Transfer-Encoding: xchunked", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: identity", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked;q=1", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: gzip, chunked", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked, chunked", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: , chunked", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked,", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: \u000bchunked", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding:", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: \"chunked\"", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding : chunked", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding:\r\n chunked", "0\r\n\r\n")]
    [InlineData("X: y\rTransfer-Encoding: chunked", "0\r\n\r\n")]
    [InlineData("X: y\0", "")]
    [InlineData("X: y\r\n z", "")]
    [InlineData("X: y\r\n\tz", "")]
    [InlineData("X: y\rz", "")]
    [InlineData("X Y: z", "")]
    [InlineData("no colon", "")]
    [InlineData(": no name", "")]
    [InlineData("Transfer-Encoding: chunked", "zz\r\n")]
    [InlineData("Transfer-Encoding: chunked", "0x1\r\nx\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "-1\r\n")]
    [InlineData("Transfer-Encoding: chunked", "FFFFFFFFFFFFFFFFF\r\n")]
    [InlineData("Transfer-Encoding: chunked", "1;a\nb\r\nx\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "1;a\rb\r\nx\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "1\nx\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "1\r\nxyz0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "1\r\nx0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "1 \r\nx\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "+1\r\nx\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "1\r\r\nx\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "\r\n1\r\nx\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "1\r\nx\r\n0\r\nX: y\rz\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "1\r\nx\r\n0\r\nno colon\r\n\r\n")]
    public async Task AmbiguousFraming_IsRefusedAndTheRestIsNoRequest(string fields, string body)
    {
        var (path, smuggled) = (SharedGateway.AnonymousPath(), SharedGateway.AnonymousPath());
        var answers = await RawHttp.SendAsync(
            gateway.Address,
            $"POST {path} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\n{fields}\r\n\r\n{body}GET {smuggled} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nConnection: close\r\n\r\n",
            TestContext.Current.CancellationToken);
        Assert.True(RawHttp.Status(answers) is 400 or 411 or 413 or 501, answers);
        Assert.Equal(1, answers.Split("HTTP/1.1 ").Length - 1);
        gateway.NothingArrived(smuggled);
        await gateway.StillServesAsync();
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 6")]
    [InlineData("Content-Length: 6\r\nTransfer-Encoding: chunked")]
    public async Task ChunkedAndLength_ChunkedAloneCountsAndTheConnectionEnds(string fields)
    {
        var (path, smuggled) = (SharedGateway.AnonymousPath(), SharedGateway.AnonymousPath());
        var answers = await RawHttp.SendAsync(
            gateway.Address,
            $"POST {path} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\n{fields}\r\n\r\n0\r\n\r\nGET {smuggled} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\n\r\n",
            TestContext.Current.CancellationToken);
        Assert.Equal(1, answers.Split("HTTP/1.1 ").Length - 1);
        Assert.Contains("\r\nConnection: close\r\n", answers, StringComparison.Ordinal);
        Assert.Null(gateway.Arrived(path).Header("Content-Length"));
        gateway.NothingArrived(smuggled);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Host:\r\n")]
    [InlineData("Host: \r\n")]
    [InlineData("Host: :80\r\n")]
    [InlineData("Host: {0}\r\nHost: {0}\r\n")]
    [InlineData("Host: {0}\r\nhost: elsewhere.test\r\n")]
    [InlineData("Host: {0}, elsewhere.test\r\n")]
    [InlineData("Host: user@{0}\r\n")]
    [InlineData("Host: {0}/path\r\n")]
    [InlineData("Host: {0}\\@elsewhere.test\r\n")]
    [InlineData("Host: elsewhere.test\r\n")]
    [InlineData("Host: localhost.elsewhere.test\r\n")]
    [InlineData("Host: 127.0.0.1.elsewhere.test\r\n")]
    [InlineData("Host: localhost:80:80\r\n")]
    [InlineData("Host: [::1\r\n")]
    [InlineData("Host: local host\r\n")]
    public async Task HostThatIsNotExactlyOneOfOurs_Is400(string host)
    {
        var path = SharedGateway.AnonymousPath();
        var answer = await RawHttp.SendAsync(
            gateway.Address,
            $"GET {path} HTTP/1.1\r\n{host.Replace("{0}", gateway.Address.Authority, StringComparison.Ordinal)}Connection: close\r\n\r\n",
            TestContext.Current.CancellationToken);
        Assert.Equal(400, RawHttp.Status(answer));
        Assert.DoesNotContain("elsewhere", answer, StringComparison.Ordinal);
        gateway.NothingArrived(path);
    }

    // HTTP/1.0 may leave it out, but then nobody can say whether it is one of ours.
    [Theory]
    [InlineData("")]
    [InlineData("Host:\r\n")]
    public async Task RequestOfHttp10WithoutHost_Is400(string host)
    {
        var path = SharedGateway.AnonymousPath();
        var answer = await RawHttp.SendAsync(gateway.Address, $"GET {path} HTTP/1.0\r\n{host}\r\n", TestContext.Current.CancellationToken);
        ProblemAssert.Is(answer[answer.IndexOf('{', StringComparison.Ordinal)..], 400, "host_missing");
        gateway.NothingArrived(path);
    }

    [Theory]
    [InlineData("GET {0} HTTP/1.1")]
    [InlineData("GET  {0} HTTP/1.1\r\n")]
    [InlineData("GET {0}\r\n")]
    [InlineData("GET {0} HTTP/9.9\r\n")]
    [InlineData("GET {0} http/1.1\r\n")]
    [InlineData("G(T {0} HTTP/1.1\r\n")]
    [InlineData("\0\u0001\u0002\u00ff\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    public async Task GarbageLine_ReachesNobody(string line)
    {
        var path = SharedGateway.AnonymousPath();
        var answer = await RawHttp.SendAsync(
            gateway.Address, line.Replace("{0}", path, StringComparison.Ordinal) + $"Host: {gateway.Address.Authority}\r\nConnection: close\r\n\r\n", TestContext.Current.CancellationToken);
        Assert.True(answer.Length == 0 || !answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || RawHttp.Status(answer) is 400 or 505, answer);
        gateway.NothingArrived(path);
        await gateway.StillServesAsync();
    }

    [Fact]
    public async Task UpgradeToHttp2_IsNotMade()
    {
        var path = SharedGateway.AnonymousPath();
        var answer = await RawHttp.SendAsync(
            gateway.Address,
            $"GET {path} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
            TestContext.Current.CancellationToken);
        Assert.NotEqual(101, RawHttp.Status(answer));
        Assert.Null(gateway.Arrived(path).Header("Upgrade"));
    }

    /// <summary>RFC 9112 section 6.1: HTTP/1.0 has no Transfer-Encoding, so whoever was before us may have read another body.</summary>
    [Theory]
    [InlineData("Transfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5")]
    [InlineData("Transfer-Encoding: identity")]
    public async Task TransferEncodingInHttp10_IsRefusedAndTheConnectionEnds(string field)
    {
        var (path, smuggled) = (SharedGateway.AnonymousPath(), SharedGateway.AnonymousPath());
        var answers = await RawHttp.SendAsync(
            gateway.Address,
            $"POST {path} HTTP/1.0\r\nHost: {gateway.Address.Authority}\r\nConnection: keep-alive\r\n{field}\r\n\r\n0\r\n\r\nGET {smuggled} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\n\r\n",
            TestContext.Current.CancellationToken);
        Assert.True(RawHttp.Status(answers) is 400 or 501, answers);
        Assert.Equal(1, answers.Split("HTTP/1.1 ").Length - 1);
        gateway.NothingArrived(path);
        gateway.NothingArrived(smuggled);
    }

    /// <summary>On a connection that is kept: what follows the body is the next request, and nothing in it is.</summary>
    [Theory]
    [InlineData("GET", "/api/echo/{0}", 401)]
    [InlineData("HEAD", "/api/echo/{0}", 401)]
    [InlineData("OPTIONS", "/api/echo/{0}", 401)]
    [InlineData("POST", "/api/echo/{0}", 401)]
    [InlineData("POST", "/nowhere/{0}", 404)]
    [InlineData("GET", "/nowhere/{0}", 404)]
    [InlineData("DELETE", "/index.html", 405)]
    [InlineData("TRACE", "/api/public/echo/{0}", 405)]
    [InlineData("POST", "/api/public/echo/../{0}", 400)]
    [InlineData("GET", "/index.html", 200)]
    [InlineData("GET", "/api/public/echo/{0}", 200)]
    [InlineData("HEAD", "/api/public/echo/{0}", 200)]
    [InlineData("OPTIONS", "/api/public/echo/{0}", 200)]
    [InlineData("DELETE", "/api/public/echo/{0}", 200)]
    public async Task Body_IsNeverTheNextRequest(string method, string target, int status)
    {
        foreach (var chunked in new[] { false, true })
        {
            var (smuggled, next) = (SharedGateway.AnonymousPath(), SharedGateway.AnonymousPath());
            var body = $"GET {smuggled} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\n\r\n";
            var framed = chunked ? $"Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n" : $"Content-Length: {body.Length}\r\n\r\n{body}";
            var answers = await RawHttp.SendAsync(
                gateway.Address,
                $"{method} {target.Replace("{0}", $"{Guid.NewGuid():N}", StringComparison.Ordinal)} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\n{framed}"
                + $"GET {next} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nConnection: close\r\n\r\n",
                TestContext.Current.CancellationToken);
            var statuses = answers.Split("HTTP/1.1 ").Skip(1).Select(a => a[..3]).ToArray();
            Assert.Equal([$"{status}", "200"], statuses);
            gateway.NothingArrived(smuggled);
        }
    }

    [Fact]
    public async Task PipelinedRequests_AreAnsweredInOrderEachForItsOwnUser()
    {
        var requests = Enumerable.Range(0, 24).Select(i => (Path: SharedGateway.ProtectedPath(), User: i % 4 == 3 ? null : $"user-{i % 3}", Nonce: $"{Guid.NewGuid():N}")).ToArray();
        var tokens = requests.Select(r => r.User).OfType<string>().Distinct().ToDictionary(u => u, u => gateway.Issuer.Token(claims => claims["sub"] = u));
        var all = string.Concat(requests.Select((r, i) =>
            $"GET {r.Path} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nX-Answer: 200 {r.Nonce}\r\n{(r.User is null ? "" : $"Authorization: Bearer {tokens[r.User]}\r\n")}"
            + (i == requests.Length - 1 ? "Connection: close\r\n\r\n" : "\r\n")));
        var answers = (await RawHttp.SendAsync(gateway.Address, all, TestContext.Current.CancellationToken)).Split("HTTP/1.1 ").Skip(1).ToArray();
        Assert.Equal(requests.Length, answers.Length);
        foreach (var (request, answer) in requests.Zip(answers))
        {
            Assert.StartsWith(request.User is null ? "401" : "200", answer, StringComparison.Ordinal);
            Assert.Equal(request.User is not null, answer.Contains(request.Nonce, StringComparison.Ordinal));
            if (request.User is null) gateway.NothingArrived(request.Path);
            else Assert.Equal(request.User, gateway.Arrived(request.Path).Header("X-Forwarded-User"));
        }
    }
}
