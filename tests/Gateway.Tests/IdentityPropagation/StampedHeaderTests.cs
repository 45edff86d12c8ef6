using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.IdentityPropagation;

public sealed class StampedHeaderTests(SharedGateway gateway)
{
    [Fact]
    public async Task VerifiedClaims_ArriveExactlyOnce()
    {
        var arrived = await ForwardedAsync(c => (c["roles"], c["scope"]) = (new[] { "admin", "user" }, "orders:read orders:write"));
        Assert.Equal(["42"], arrived.Headers["X-Forwarded-User"]);
        Assert.Equal(["Alice"], arrived.Headers["X-Forwarded-Name"]);
        Assert.Equal(["admin,user"], arrived.Headers["X-Forwarded-Roles"]);
        Assert.Equal(["orders:read,orders:write"], arrived.Headers["X-Forwarded-Scopes"]);
    }

    [Fact]
    public async Task ServicesToken_ArrivesAsUserAndClient()
    {
        var arrived = await ForwardedAsync(c =>
        {
            foreach (var claim in new[] { "user_id", "name", "roles" }) c.Remove(claim);
            (c["sub"], c["client_id"]) = ("a,b", "a,b");
        });
        Assert.Equal(("a%2Cb", "a%2Cb", "orders:read"), (arrived.Header("X-Forwarded-User"), arrived.Header("X-Forwarded-Client"), arrived.Header("X-Forwarded-Scopes")));
        Assert.Equal((null, null), (arrived.Header("X-Forwarded-Name"), arrived.Header("X-Forwarded-Roles")));
    }

    [Theory]
    [InlineData("42\r\nX-Forwarded-Roles: admin", "42%0D%0AX-Forwarded-Roles:%20admin")]
    [InlineData("42\nX-Injected: 1", "42%0AX-Injected:%201")]
    [InlineData("42\0", "42%00")]
    [InlineData("José", "Jos%C3%A9")]
    [InlineData("😀", "%F0%9F%98%80")]
    [InlineData("42,1", "42%2C1")]
    [InlineData("100%", "100%25")]
    [InlineData(" 42 ", "%2042%20")]
    public async Task AnySubject_ArrivesEncodedAndWhole(string sub, string expected)
    {
        var arrived = await ForwardedAsync(c => (c["sub"], c["name"]) = (sub, sub));
        Assert.Equal([expected], arrived.Headers["X-Forwarded-User"]);
        Assert.Equal([expected], arrived.Headers["X-Forwarded-Name"]);
        Assert.Equal(sub, Uri.UnescapeDataString(expected));
        Assert.DoesNotContain("X-Injected", arrived.Headers.Keys);
        Assert.DoesNotContain("X-Forwarded-Roles", arrived.Headers.Keys);
    }

    [Fact]
    public async Task ListItemWithComma_StaysOneItem()
    {
        var arrived = await ForwardedAsync(c => (c["roles"], c["scope"]) = (new[] { "a,admin", "b c", "" }, "x,y z"));
        Assert.Equal(["a%2Cadmin", "b%20c"], arrived.Header("X-Forwarded-Roles")!.Split(',', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("x%2Cy,z", arrived.Header("X-Forwarded-Scopes"));
    }

    [Fact]
    public async Task MissingClaim_LeavesNoHeaderAndNoneOfTheClients()
    {
        var path = SharedGateway.ProtectedPath();
        using var answer = await gateway.SendAsync(path, headers:
        [
            ("Authorization", $"Bearer {gateway.Issuer.Token(c => { c.Remove("name"); c.Remove("scope"); })}"), ("X-Forwarded-Name", "root"), ("X-Forwarded-Scopes", "all"), ("X-Forwarded-Roles", "admin"), ("X-Forwarded-Client", "billing"),
        ]);
        Assert.True(answer.IsSuccessStatusCode);
        var arrived = gateway.Arrived(path);
        Assert.Equal(
            (null, null, null, null),
            (arrived.Header("X-Forwarded-Name"), arrived.Header("X-Forwarded-Scopes"), arrived.Header("X-Forwarded-Roles"), arrived.Header("X-Forwarded-Client")));
    }

    [Fact]
    public async Task TwoRequestsOnOneConnection_HaveEachItsOwnIdentity()
    {
        var (first, second, third) = (SharedGateway.ProtectedPath(), SharedGateway.ProtectedPath(), SharedGateway.AnonymousPath());
        var answers = await RawHttp.SendAsync(
            gateway.Address,
            Request(first, gateway.Issuer.Token(c => c["sub"] = "1")) + Request(second, gateway.Issuer.Token(c => c["sub"] = "2")) + Request(third, null, "Connection: close\r\n"),
            TestContext.Current.CancellationToken);
        Assert.Equal(3, answers.Split("HTTP/1.1 200").Length - 1);
        Assert.Equal(("1", "2", null), (User(first), User(second), User(third)));

        string? User(string path) => gateway.Arrived(path).Header("X-Forwarded-User");
        string Request(string path, string? token, string more = "") =>
            $"GET {path} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\n{(token is null ? "" : $"Authorization: Bearer {token}\r\n")}{more}\r\n";
    }

    [Fact]
    public async Task NominatedByConnection_StampedFieldsStay()
    {
        var path = SharedGateway.ProtectedPath();
        var answer = await RawHttp.SendAsync(
            gateway.Address,
            $"GET {path} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nAuthorization: Bearer {gateway.Issuer.Token()}\r\nConnection: X-Forwarded-User, X-Forwarded-For\r\n\r\n"
            + RawHttp.Farewell(gateway.Address),
            TestContext.Current.CancellationToken);
        Assert.Equal(200, RawHttp.Status(answer));
        Assert.Equal(("42", "127.0.0.1"), (gateway.Arrived(path).Header("X-Forwarded-User"), gateway.Arrived(path).Header("X-Forwarded-For")));
    }

    private async Task<ReceivedRequest> ForwardedAsync(Action<Dictionary<string, object?>> claims)
    {
        var path = SharedGateway.ProtectedPath();
        using var answer = await gateway.GetAsync(path, $"Bearer {gateway.Issuer.Token(claims)}");
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
        return gateway.Arrived(path);
    }
}
