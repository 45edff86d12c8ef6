using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Edge;

/// <summary>What HTTP/1.1 refuses is refused on HTTP/2, where client libraries would not send it.</summary>
public sealed class Http2RequestTests(SharedGateway gateway)
{
    private Uri Address => gateway.App.Http2Address!;

    [Theory]
    [InlineData("Bearer {0}", "Bearer {0}")]
    [InlineData("Bearer {0}", "Bearer bad")]
    [InlineData("Bearer bad", "Bearer {0}")]
    [InlineData("Basic YWxpY2U6c2VjcmV0", "Bearer {0}")]
    [InlineData("Bearer {0}", "Basic YWxpY2U6c2VjcmV0")]
    public async Task TwoAuthorizationFields_Are401(string first, string second)
    {
        var (path, token) = (SharedGateway.ProtectedPath(), gateway.Issuer.Token());
        string Field(string text) => text.Replace("{0}", token, StringComparison.Ordinal);
        Assert.Equal(401, await SendAsync([.. RawHttp2.Request(Address, "GET", path), ("authorization", Field(first)), ("authorization", Field(second))]));
        gateway.NothingArrived(path);
        Assert.Equal(200, await SendAsync([.. RawHttp2.Request(Address, "GET", path), ("authorization", $"Bearer {token}")]));
    }

    [Fact]
    public async Task ForgedTrailer_DoesNotArrive()
    {
        var path = SharedGateway.AnonymousPath();
        Assert.Equal(200, await RawHttp2.SendAsync(
            Address, [.. RawHttp2.Request(Address, "POST", path), ("te", "trailers"), ("trailer", "x-forwarded-user")], "body",
            [("x-forwarded-user", "forged"), ("x_user_id", "forged"), ("authorization", "Bearer forged")], TestContext.Current.CancellationToken));
        Assert.DoesNotContain(gateway.Arrived(path).Headers, h => h.Value.Any(v => v.Contains("forged", StringComparison.Ordinal)));
    }

    // RFC 9113 section 8.2.1: no name and no value may become two on the way to a back end that speaks HTTP/1.1.
    [Theory]
    [InlineData("x-a", "b\r\nX-Forwarded-User: forged")]
    [InlineData("x-a", "b\nX-Forwarded-User: forged")]
    [InlineData("x-a: b\r\nx-forwarded-user", "forged")]
    [InlineData("x-a\nx-forwarded-user", "forged")]
    [InlineData("x-forwarded-user: forged", "b")]
    [InlineData("x-forwarded-user ", "forged")]
    [InlineData("x-forwarded-user\0", "forged")]
    [InlineData("X-Forwarded-User", "forged")]
    [InlineData("x_forwarded.user", "forged")]
    [InlineData("connection", "x-forwarded-user")]
    [InlineData("transfer-encoding", "chunked, forged")]
    [InlineData("upgrade", "forged")]
    [InlineData("", "forged")]
    public async Task FieldThatWouldBeAnother_DoesNotArrive(string name, string value)
    {
        var path = SharedGateway.ProtectedPath();
        var status = await SendAsync([.. RawHttp2.Request(Address, "GET", path), ("authorization", $"Bearer {gateway.Issuer.Token()}"), (name, value)]);
        Assert.True(status is null or 200 or 400, $"{status}");
        if (status != 200)
        {
            gateway.NothingArrived(path);
            return;
        }

        var arrived = gateway.Arrived(path);
        Assert.Equal("42", arrived.Header("X-Forwarded-User"));
        Assert.DoesNotContain(arrived.Headers, h => h.Value.Any(v => v.Contains("forged", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(":path", "/api/public/../admin/x")]
    [InlineData(":path", "/api/public/echo/%2e%2e/x")]
    [InlineData(":path", "/api//admin")]
    [InlineData(":path", "http://elsewhere.test/api/public/echo/x")]
    [InlineData(":path", "api/public/echo/x")]
    [InlineData(":path", "*")]
    [InlineData(":path", "")]
    [InlineData(":path", "/api/public/echo/x HTTP/1.1\r\nX-Forwarded-User: forged")]
    [InlineData(":method", "TRACE")]
    [InlineData(":method", "CONNECT")]
    [InlineData(":method", "GET /api/admin/x HTTP/1.1\r\nx:")]
    [InlineData(":authority", "elsewhere.test")]
    [InlineData(":authority", "user@127.0.0.1")]
    [InlineData(":authority", "127.0.0.1/x")]
    [InlineData(":authority", "127.0.0.1, elsewhere.test")]
    [InlineData(":authority", "")]
    [InlineData(":authority", null)]
    [InlineData(":scheme", "https")]
    [InlineData(":scheme", "file")]
    [InlineData(":unknown", "x")]
    public async Task PseudoHeaderThatCannotBeMeant_ReachesNobody(string name, string? value)
    {
        var before = gateway.Backend.Received.Count(r => r.Target.Contains("/marked-", StringComparison.Ordinal));
        var fields = RawHttp2.Request(Address, "GET", $"/api/public/echo/marked-{Guid.NewGuid():N}").Where(f => f.Name != name);
        var status = await SendAsync([.. value is null ? [] : new[] { (name, value) }, .. fields]);
        Assert.True(status is null or 400 or 405, $"{status}");
        Assert.Equal(before, gateway.Backend.Received.Count(r => r.Target.Contains("/marked-", StringComparison.Ordinal)));
        await gateway.StillServesAsync();
    }

    [Fact]
    public async Task HostBesideTheAuthority_DoesNotCount()
    {
        var path = SharedGateway.AnonymousPath();
        Assert.Equal(200, await SendAsync([.. RawHttp2.Request(Address, "GET", path), ("host", "elsewhere.test")]));
        Assert.DoesNotContain(gateway.Arrived(path).Headers, h => h.Value.Any(v => v.Contains("elsewhere", StringComparison.Ordinal)));
    }

    private Task<int?> SendAsync((string Name, string Value)[] fields) => RawHttp2.SendAsync(Address, fields, cancellationToken: TestContext.Current.CancellationToken);
}
