using System.Net;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.IdentityPropagation;

public sealed class ForgedHeaderTests(SharedGateway gateway)
{
    private const string Mark = "forged-by-client";

    private static readonly string[] Spellings =
    [
        "X-Forwarded-User", "x-forwarded-user", "X_Forwarded_User", "x.forwarded.user", "X-Forwarded_User", "XForwardedUser", "X-Forwarded-Name", "X-Forwarded-Roles",
        "X_Forwarded_Roles", "X-Forwarded-Scopes", "X-User-Id", "X_User_Id", "X.User.Id", "Remote-User", "X-Remote-User", "X-Auth-Request-User", "X-Forwarded-For",
        "X_Forwarded_For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-Uri", "X-Forwarded-Whatever", "Forwarded", "X-Real-IP", "X_Real_IP",
        "X-Original-URL", "X-Original-URI", "X-Rewrite-URL", "X-Client-Cert", "X-Envoy-Original-Path",
        "Client-Cert", "SSL-Client-Verify", "Client-IP", "X-Remote-Group", "Remote-Groups", "X-Host", "X-Scheme", "Proxy", "X-Internal-Token", "X_Request_Id",
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ForgedFieldsOverHttp11_DoNotArrive(bool withToken)
    {
        var path = withToken ? SharedGateway.ProtectedPath() : SharedGateway.AnonymousPath();
        var fields = Spellings.Select(name => $"{name}: {Mark}").Append("X-Requested-With: kept");
        if (withToken) fields = fields.Append($"Authorization: Bearer {gateway.Issuer.Token()}");
        var answer = await RawHttp.RequestAsync(gateway.Address, "GET", path, [.. fields]);
        Assert.Equal(200, RawHttp.Status(answer));
        NothingForged(gateway.Arrived(path), withToken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ForgedFieldsOverHttp2_DoNotArrive(bool withToken)
    {
        var path = withToken ? SharedGateway.ProtectedPath() : SharedGateway.AnonymousPath();
        using var client = Client.For(gateway.App.Http2Address!);
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        foreach (var name in Spellings) Assert.True(request.Headers.TryAddWithoutValidation(name, Mark));
        request.Headers.TryAddWithoutValidation("X-Requested-With", "kept");
        if (withToken) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {gateway.Issuer.Token()}");
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
        NothingForged(gateway.Arrived(path), withToken);
    }

    [Fact]
    public async Task ForgedTrailer_DoesNotArrive()
    {
        var path = SharedGateway.AnonymousPath();
        var answer = await RawHttp.SendAsync(
            gateway.Address,
            $"POST {path} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nConnection: close\r\nTrailer: X-Forwarded-User\r\nTransfer-Encoding: chunked\r\n\r\n"
            + $"1\r\nx\r\n0\r\nX-Forwarded-User: {Mark}\r\nX_User_Id: {Mark}\r\n\r\n",
            TestContext.Current.CancellationToken);
        Assert.Equal(200, RawHttp.Status(answer));
        NothingForged(gateway.Arrived(path), withToken: false, kept: false);
    }

    [Fact]
    public async Task ForwardingFields_AreSetNotAppended()
    {
        var path = SharedGateway.AnonymousPath();
        var answer = await RawHttp.RequestAsync(
            gateway.Address, "GET", path, "X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: 203.0.113.10", "X-Forwarded-Host: elsewhere.test", "X-Forwarded-Proto: https");
        Assert.Equal(200, RawHttp.Status(answer));
        var arrived = gateway.Arrived(path);
        Assert.Equal("127.0.0.1", arrived.Header("X-Forwarded-For"));
        Assert.Equal(gateway.Address.Authority, arrived.Header("X-Forwarded-Host"));
        Assert.Equal("http", arrived.Header("X-Forwarded-Proto"));
    }

    [Fact]
    public async Task ForgedOriginalUrl_DoesNotRoute()
    {
        var path = $"/api/admin/{Guid.NewGuid():N}";
        using var answer = await gateway.SendAsync(path, headers: [("X-Original-URL", "/api/public/echo/x"), ("X-Rewrite-URL", "/api/public/echo/x"), ("X-Forwarded-Uri", "/api/public/echo/x")]);
        await ProblemAssert.NoCredentialsAsync(answer);
        gateway.NothingArrived(path);
    }

    private static void NothingForged(ReceivedRequest arrived, bool withToken, bool kept = true)
    {
        Assert.DoesNotContain(arrived.Headers, h => h.Value.Any(v => v.Contains(Mark, StringComparison.Ordinal)));
        Assert.Equal(withToken ? "42" : null, arrived.Header("X-Forwarded-User"));
        Assert.Equal(kept ? "kept" : null, arrived.Header("X-Requested-With"));
    }
}
