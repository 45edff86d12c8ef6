using System.Net;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authorization;

public sealed class PolicyTests(SharedGateway gateway)
{
    [Theory]
    [InlineData("orders:read")]
    [InlineData("orders:write orders:read")]
    [InlineData("a  orders:read   b")]
    public async Task ScopeAmongTheOthers_LetsIn(string scope)
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/orders", c => c["scope"] = scope);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task ScopesAsAnArray_AreScopesToo()
    {
        using var read = await SendAsync(HttpMethod.Get, "/api/orders", c => c["scope"] = new[] { "x", "orders:read" });
        using var write = await SendAsync(HttpMethod.Post, "/api/orders", c => c["scope"] = new[] { "orders:read", "orders:write" });
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (read.StatusCode, write.StatusCode));
    }

    [Theory]
    [InlineData("orders:write")]
    [InlineData("orders:readonly")]
    [InlineData("Orders:Read")]
    [InlineData("orders")]
    [InlineData("orders:read,orders:write")]
    [InlineData("")]
    public async Task OtherScope_IsForbidden(string scope)
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/orders/7", c => c["scope"] = scope);
        await ForbiddenAsync(answer, ", scope=\"orders:read\"");
    }

    [Fact]
    public async Task NoScopeClaim_IsForbidden()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/orders/7", c => c.Remove("scope"));
        await ForbiddenAsync(answer, ", scope=\"orders:read\"");
    }

    [Fact]
    public async Task SamePathOtherMethod_HasItsOwnPolicy()
    {
        using var withRead = await SendAsync(HttpMethod.Post, "/api/orders", c => c["scope"] = "orders:read");
        await ForbiddenAsync(withRead, ", scope=\"orders:write\"");
        using var withWrite = await SendAsync(HttpMethod.Post, "/api/orders", c => c["scope"] = "orders:write");
        Assert.Equal(HttpStatusCode.OK, withWrite.StatusCode);
        using var readWithWrite = await SendAsync(HttpMethod.Get, "/api/orders", c => c["scope"] = "orders:write");
        await ForbiddenAsync(readWithWrite, ", scope=\"orders:read\"");
    }

    [Fact]
    public async Task MethodThatNoRouteHas_ReachesNoBackEnd()
    {
        var path = $"/api/orders/{Guid.NewGuid():N}";
        using var answer = await SendAsync(HttpMethod.Delete, path, c => c["scope"] = "orders:read orders:write");
        await ProblemAssert.IsAsync(answer, HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        gateway.NothingArrived(path);
    }

    [Theory]
    [InlineData]
    [InlineData("user")]
    [InlineData("Admin")]
    [InlineData("administrator", "admins")]
    [InlineData("user admin")]
    public async Task RoleMissing_IsForbidden(params string[] roles)
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/admin/users", c => c["roles"] = roles);
        await ForbiddenAsync(answer, "");
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("user", "admin")]
    public async Task RoleHeld_LetsIn(params string[] roles)
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/admin/users", c => c["roles"] = roles);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task RoleAsText_IsARole()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/admin/users", c => c["roles"] = "admin");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("role")]
    [InlineData("Roles")]
    [InlineData("groups")]
    [InlineData("http://schemas.microsoft.com/ws/2008/06/identity/claims/role")]
    public async Task RoleInAnotherClaim_IsNoRole(string claim)
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/admin/users", c => c[claim] = new[] { "admin" });
        await ForbiddenAsync(answer, "");
    }

    [Theory]
    [InlineData("/API/ADMIN/users")]
    [InlineData("/api/admin")]
    [InlineData("/api/admin/")]
    [InlineData("/api/Admin/x?y=/api/public/echo")]
    public async Task OtherSpellingOfThePath_HasTheSamePolicy(string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, _ => { });
        await ForbiddenAsync(answer, "");
    }

    private static async Task ForbiddenAsync(HttpResponseMessage answer, string scope)
    {
        var body = await ProblemAssert.IsAsync(answer, HttpStatusCode.Forbidden, "permission_denied", "You do not have permission to perform this action.");
        Assert.Equal($"Bearer realm=\"api\", error=\"insufficient_scope\"{scope}", ProblemAssert.Challenge(answer));
        Assert.False(body.TryGetProperty("messages", out _));
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Action<Dictionary<string, object?>> claims) =>
        gateway.SendAsync(path, method, headers: [("Authorization", $"Bearer {gateway.Issuer.Token(claims)}")]);
}
