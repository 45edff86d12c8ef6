using System.Net;
using FrontDoor.Gateway.Tests.Configuration;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.IdentityPropagation;

/// <summary>Identity that differs by route.</summary>
public sealed class RouteIdentityTests : IAsyncLifetime
{
    private readonly Dictionary<string, string?> _settings = new()
    {
        ["IdentityPropagation:MaxHeaderBytes"] = "256",
        ["IdentityPropagation:Routes:own:Headers:X-Team"] = "team.name",
        ["IdentityPropagation:Routes:own:Headers:X-Groups"] = "https://example.com/groups",
        ["IdentityPropagation:Routes:own:Authorization"] = "Drop",
        ["IdentityPropagation:Routes:open:Authorization"] = "Drop",
        ["ReverseProxy:Routes:own:ClusterId"] = "c",
        ["ReverseProxy:Routes:own:Match:Path"] = "/own/{**rest}",
        ["ReverseProxy:Routes:set:ClusterId"] = "c",
        ["ReverseProxy:Routes:set:Match:Path"] = "/set",
        ["ReverseProxy:Routes:set:Transforms:0:RequestHeader"] = "Authorization",
        ["ReverseProxy:Routes:set:Transforms:0:Set"] = "Basic of-the-gateway",
        ["IdentityPropagation:Routes:set:Authorization"] = "Drop",
    };

    private ReloadingGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await ReloadingGateway.StartAsync(_settings);

    [Fact]
    public async Task OwnHeaders_ReplaceTheGeneralOnes()
    {
        var arrived = await ForwardedAsync("/own/1", c => (c["team"], c["https://example.com/groups"]) = (new { name = "red, blue\r\n" }, new[] { "g1", "g2" }));
        Assert.Equal(("red%2C%20blue%0D%0A", "g1,g2"), (arrived.Header("X-Team"), arrived.Header("X-Groups")));
        Assert.Null(arrived.Header("X-Forwarded-User"));

        var general = await ForwardedAsync("/r/1", c => (c["team"], c["roles"]) = (new { name = "red" }, "a"));
        Assert.Equal(("42", null), (general.Header("X-Forwarded-User"), general.Header("X-Team")));
    }

    [Fact]
    public async Task OwnHeaders_CanBeSetByNoClientOnAnyRoute()
    {
        foreach (var path in new[] { "/own/2", "/r/2", "/open" })
        {
            var arrived = await ForwardedAsync(path, c => c["roles"] = "a", ("X-Team", "root"), ("x_team", "root"), ("X-Groups", "root"), ("X-Forwarded-User", "root"));
            Assert.DoesNotContain(arrived.Headers, h => h.Value.Contains("root"));
        }
    }

    [Fact]
    public async Task TwoTokens_HaveEachTheirOwn()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("one", (await ForwardedAsync($"/own/a{i}", c => c["team"] = new { name = "one" })).Header("X-Team"));
            Assert.Null((await ForwardedAsync($"/own/b{i}", _ => { })).Header("X-Team"));
        }
    }

    [Theory]
    [InlineData("/r/3", "Bearer ")]
    [InlineData("/own/3", null)]
    [InlineData("/open", null)]
    [InlineData("/set", "Basic of-the-gateway")]
    public async Task Authorization_IsForwardedOrDroppedAsTheRouteSays(string path, string? start)
    {
        var arrived = await ForwardedAsync(path, c => c["roles"] = "a");
        if (start is null) Assert.Null(arrived.Header("Authorization"));
        else Assert.StartsWith(start, arrived.Header("Authorization"), StringComparison.Ordinal);
    }

    // X-Forwarded-User: 42 and -Name: Alice and -Roles: a and -Scopes: orders:read take 22 + 25 + 22 + 33 bytes; each further role takes 10.
    [Theory]
    [InlineData(15, 200)]
    [InlineData(16, 403)]
    [InlineData(500, 403)]
    public async Task ClaimsThatDoNotFit_AreRefusedAsAWhole(int roles, int status)
    {
        var path = $"/r/{Guid.NewGuid():N}";
        using var answer = await SendAsync(path, c => c["roles"] = Enumerable.Repeat("nine-byte", roles).Prepend("a").ToArray());
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status == 200, _gateway.Backend.Received.Any(r => r.Target == path));
        if (status == 403) await ProblemAssert.IsAsync(answer, HttpStatusCode.Forbidden, "identity_too_large");
    }

    [Fact]
    public async Task ChangedMapping_HoldsForTokensThatAreKnown()
    {
        var token = _gateway.Issuer.Token(c => c["team"] = new { name = "red", id = 7 });
        Assert.Equal("red", (await ForwardedAsync("/own/4", token)).Header("X-Team"));
        _gateway.Settings["IdentityPropagation:Routes:own:Headers:X-Team"] = "team.id";
        await _gateway.TakenAsync();
        Assert.Equal("7", (await ForwardedAsync("/own/5", token)).Header("X-Team"));
    }

    [Fact]
    public async Task UnknownRoute_IsNotTaken()
    {
        _gateway.Settings["IdentityPropagation:Routes:owm:Authorization"] = "Drop";
        await _gateway.RefusedAsync("IdentityPropagation:Routes:owm is for a route that ReverseProxy:Routes does not have; did you mean own?");
    }

    private Task<ReceivedRequest> ForwardedAsync(string path, Action<Dictionary<string, object?>> claims, params (string Name, string Value)[] headers) =>
        ForwardedAsync(path, _gateway.Issuer.Token(claims), headers);

    private async Task<ReceivedRequest> ForwardedAsync(string path, string token, params (string Name, string Value)[] headers)
    {
        using var answer = await SendAsync(path, token, headers);
        Assert.True(answer.IsSuccessStatusCode, $"{path} answered {answer.StatusCode}");
        return _gateway.Backend.Received.Last(r => r.Target == path);
    }

    private Task<HttpResponseMessage> SendAsync(string path, Action<Dictionary<string, object?>> claims) => SendAsync(path, _gateway.Issuer.Token(claims));

    private Task<HttpResponseMessage> SendAsync(string path, string token, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers.Prepend(("Authorization", $"Bearer {token}"))) Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return _gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();
}
