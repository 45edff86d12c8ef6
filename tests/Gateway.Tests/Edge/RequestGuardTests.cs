using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Edge;

public sealed class RequestGuardTests(SharedGateway gateway)
{
    [Theory]
    [InlineData("TRACE", "/api/public/echo/x")]
    [InlineData("TRACE", "/")]
    [InlineData("CONNECT", "localhost:80")]
    [InlineData("CONNECT", "elsewhere.test:443")]
    [InlineData("OPTIONS", "*")]
    public async Task MethodThatIsNeverServed_Is405(string method, string target)
    {
        var host = method == "CONNECT" ? target : gateway.Address.Authority;
        var answer = await RawHttp.SendAsync(
            gateway.Address, $"{method} {target} HTTP/1.1\r\nHost: {host}\r\nCookie: secret=reflected\r\nConnection: close\r\n\r\n", TestContext.Current.CancellationToken);
        // A tunnel to elsewhere already fails host filtering.
        Assert.True(RawHttp.Status(answer) == 405 || (target.StartsWith("elsewhere", StringComparison.Ordinal) && RawHttp.Status(answer) == 400), answer);
        Assert.DoesNotContain("reflected", answer, StringComparison.Ordinal);
        if (RawHttp.Status(answer) != 405) return;
        Assert.Contains("\r\nAllow: GET, ", answer, StringComparison.Ordinal);
        ProblemAssert.Is(answer[answer.IndexOf('{', StringComparison.Ordinal)..], 405, "method_not_allowed");
    }

    [Theory]
    [InlineData("http://{0}{1}")]
    [InlineData("https://{0}{1}")]
    [InlineData("http://{0}//elsewhere.test{1}")]
    public async Task AbsoluteForm_IsRefused(string target)
    {
        var path = SharedGateway.AnonymousPath();
        var answer = await RawHttp.RequestAsync(
            gateway.Address, "GET", target.Replace("{0}", gateway.Address.Authority, StringComparison.Ordinal).Replace("{1}", path, StringComparison.Ordinal));
        Assert.Equal(400, RawHttp.Status(answer));
        gateway.NothingArrived(path);
    }

    // CVE-2026-88009: a target, a host or a field that names another server makes the gateway connect to nobody.
    [Theory]
    [InlineData("GET", "http://{trap}/x", "{own}", "")]
    [InlineData("GET", "http://{trap}/x", "{trap}", "")]
    [InlineData("GET", "http:http://{trap}/x", "{own}", "")]
    [InlineData("GET", "//{trap}/x", "{own}", "")]
    [InlineData("GET", "/\\{trap}/x", "{own}", "")]
    [InlineData("GET", "/@{trap}/x", "{own}", "")]
    [InlineData("GET", "@{trap}/x", "{own}", "")]
    [InlineData("GET", ":@{trap}/x", "{own}", "")]
    [InlineData("CONNECT", "{trap}", "{trap}", "")]
    [InlineData("CONNECT", "{trap}", "{own}", "")]
    [InlineData("GET", "/api/public/echo/x", "{trap}", "")]
    [InlineData("GET", "/api/public/echo/x", "{own}@{trap}", "")]
    [InlineData("GET", "/api/public/echo/x", "{own}", "X-Forwarded-Host: {trap}")]
    [InlineData("GET", "/api/public/echo/x", "{own}", "Forwarded: host={trap};for=1.2.3.4")]
    [InlineData("GET", "/api/public/echo/x", "{own}", "X-Original-URL: http://{trap}/x")]
    [InlineData("GET", "/api/public/echo/x", "{own}", "X-Rewrite-URL: http://{trap}/x")]
    [InlineData("GET", "/api/public/echo/x?url=http://{trap}/x", "{own}", "Referer: http://{trap}/x")]
    [InlineData("GET", "/api/public/echo/x", "{own}", "Proxy: http://{trap}")]
    public async Task NameOfAnotherServer_ConnectsToNobody(string method, string target, string host, string field)
    {
        await using var trap = await TestServer.StartAsync();
        string Filled(string text) => text.Replace("{trap}", trap.Address.Authority, StringComparison.Ordinal).Replace("{own}", gateway.Address.Authority, StringComparison.Ordinal);
        var answer = await RawHttp.SendAsync(
            gateway.Address, $"{method} {Filled(target)} HTTP/1.1\r\nHost: {Filled(host)}\r\nConnection: close\r\n{(field.Length > 0 ? Filled(field) + "\r\n" : "")}\r\n", TestContext.Current.CancellationToken);
        Assert.True(RawHttp.Status(answer) is 200 or 400 or 404 or 405, answer);
        Assert.DoesNotContain($"Location: http://{trap.Address.Authority}", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(trap.Received);
    }

    [Theory]
    [InlineData("http:http://localhost/api/admin/x")]
    [InlineData("*")]
    [InlineData("?x")]
    [InlineData("api/public/echo/x")]
    [InlineData("\\api")]
    public async Task OtherFormOfTarget_IsRefused(string target)
    {
        var answer = await RawHttp.RequestAsync(gateway.Address, "GET", target);
        Assert.True(RawHttp.Status(answer) is 400 or 405, answer);
    }

    [Theory]
    [InlineData("%2e%2e/%2e%2e/admin/")]
    [InlineData("../../admin/")]
    [InlineData("..;/..;/admin/")]
    [InlineData("..%2f..%2fadmin%2f")]
    [InlineData("..%5c..%5cadmin%5c")]
    [InlineData("..\\..\\admin\\")]
    [InlineData("/admin/")]
    [InlineData("x%00")]
    [InlineData("x%0d%0aX-Injected:1")]
    [InlineData("%252e%252e/")]
    [InlineData("%3bx")]
    [InlineData("%C0%AE%C0%AE/")]
    [InlineData("%")]
    [InlineData("%zz")]
    [InlineData("x#y")]
    public async Task AmbiguousPath_IsRefusedAndReachesNobody(string rest)
    {
        var path = SharedGateway.AnonymousPath();
        var answer = await RawHttp.RequestAsync(gateway.Address, "GET", $"{path}/{rest}");
        Assert.Equal(400, RawHttp.Status(answer));
        // Kestrel itself refuses some of these, without a body; whatever the gateway refuses has one.
        if (answer.Contains('{', StringComparison.Ordinal))
            Assert.StartsWith("target_", ProblemAssert.Is(answer[answer.IndexOf('{', StringComparison.Ordinal)..], 400, CodeOf(answer)).GetProperty("code").GetString(), StringComparison.Ordinal);
        gateway.NothingArrived(path);
    }

    [Theory]
    [InlineData("/caf%C3%A9", "/caf%C3%A9")]
    [InlineData("/a%20b", "/a%20b")]
    [InlineData("/a;v=1", "/a;v=1")]
    [InlineData("/x?q=%2F%25%00/../..&u=http://elsewhere.test//", "/x?q=%2F%25%00/../..&u=http://elsewhere.test//")]
    public async Task UnambiguousTarget_ArrivesByteByByte(string rest, string arrives)
    {
        var path = SharedGateway.AnonymousPath();
        var answer = await RawHttp.RequestAsync(gateway.Address, "GET", path + rest);
        Assert.Equal(200, RawHttp.Status(answer));
        gateway.Arrived(path + arrives);
    }

    /// <summary>Routes match in any case, so policies do; the back end gets the path as it was sent.</summary>
    [Theory]
    [InlineData("/API/ADMIN/", 403)]
    [InlineData("/Api/Admin/", 403)]
    [InlineData("/API/Public/ECHO/", 200)]
    public async Task CaseOfThePath_OpensNothing(string start, int status)
    {
        var path = $"{start}{Guid.NewGuid():N}";
        var answer = await RawHttp.RequestAsync(gateway.Address, "GET", path, $"Authorization: Bearer {gateway.Issuer.Token()}");
        Assert.Equal(status, RawHttp.Status(answer));
        if (status == 200) gateway.Arrived(path);
        else gateway.NothingArrived(path);
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("Content-Length")]
    [InlineData("Transfer-Encoding, X-Foo")]
    [InlineData("Content-Type")]
    public async Task ConnectionThatNamesAFramingField_Is400(string connection)
    {
        var path = SharedGateway.AnonymousPath();
        var answer = await RawHttp.SendAsync(
            gateway.Address,
            $"POST {path} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nConnection: {connection}\r\nContent-Length: 1\r\n\r\nx"
            + RawHttp.Farewell(gateway.Address),
            TestContext.Current.CancellationToken);
        Assert.Equal(400, RawHttp.Status(answer));
        Assert.Contains("\"connection_field\"", answer, StringComparison.Ordinal);
        gateway.NothingArrived(path);
    }

    [Fact]
    public async Task FieldNamedByConnection_DoesNotArrive()
    {
        var path = SharedGateway.AnonymousPath();
        var answer = await RawHttp.SendAsync(
            gateway.Address,
            $"GET {path} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nConnection: X-Foo\r\nX-Foo: 1\r\nX-Bar: 2\r\n\r\n"
            + RawHttp.Farewell(gateway.Address),
            TestContext.Current.CancellationToken);
        Assert.Equal(200, RawHttp.Status(answer));
        Assert.Equal((null, "2"), (gateway.Arrived(path).Header("X-Foo"), gateway.Arrived(path).Header("X-Bar")));
    }

    [Fact]
    public async Task HopByHopFields_AreNotForwarded()
    {
        var path = SharedGateway.AnonymousPath();
        string[] hopByHop = ["Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "Proxy-Authorization: Basic x", "TE: gzip", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"];
        var answer = await RawHttp.RequestAsync(gateway.Address, "GET", path, hopByHop);
        Assert.Equal(200, RawHttp.Status(answer));
        foreach (var field in hopByHop) Assert.Null(gateway.Arrived(path).Header(field.Split(':')[0]));
    }

    private static string CodeOf(string answer) =>
        System.Text.Json.JsonDocument.Parse(answer[answer.IndexOf('{', StringComparison.Ordinal)..]).RootElement.GetProperty("code").GetString()!;
}
