using System.Net;
using System.Net.WebSockets;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.EndToEnd.Tests;

/// <summary>The main job over HTTP, through three processes.</summary>
public sealed class StoryTests(StoryTests.Fixture fixture) : IClassFixture<StoryTests.Fixture>
{
    private readonly ThreeProcesses _processes = fixture.Processes;
    private readonly Api _api = fixture.Api;

    public sealed class Fixture : IAsyncLifetime
    {
        internal ThreeProcesses Processes { get; private set; } = null!;

        internal Api Api { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Processes = await ThreeProcesses.StartAsync();
            Api = new Api(Processes.Gateway);
        }

        public async ValueTask DisposeAsync()
        {
            Api.Dispose();
            await Processes.DisposeAsync();
        }
    }

    [Fact]
    public async Task SignedInCall_ArrivesWithTheVerifiedIdentityAndNoOther()
    {
        var pair = await _api.SignInAsync("alice", ThreeProcesses.Password);

        var echo = await Api.JsonAsync(await _api.GetAsync("/api/echo/hello?a=1", pair.Access, ("X-Forwarded-User", "root"), ("X_Forwarded_Roles", "admin")));
        var headers = echo.GetProperty("headers");
        var user = Assert.Single(headers.GetProperty("X-Forwarded-User").EnumerateArray()).GetString();
        Assert.Matches("^[0-9a-f]{32}$", user);
        Assert.Equal("orders:read", headers.GetProperty("X-Forwarded-Scopes")[0].GetString());
        Assert.DoesNotContain(headers.EnumerateObject(), h => h.Name.Contains("role", StringComparison.OrdinalIgnoreCase));
        Assert.Equal("/api/echo/hello?a=1", echo.GetProperty("target").GetString());

        var anonymous = await Api.JsonAsync(await _api.GetAsync("/api/public/echo/hello", null, ("X-Forwarded-User", "root")));
        Assert.False(anonymous.GetProperty("headers").TryGetProperty("X-Forwarded-User", out _));
    }

    [Fact]
    public async Task CallWithoutToken_Is401InTheWordsOfSimplejwtAndRfc6750()
    {
        using var answer = await _api.GetAsync("/api/profile/");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer realm=\"api\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("Authentication credentials were not provided.", (await Api.JsonAsync(answer)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Administration_IsForAdministrators_AndItsDocumentationIsNotPublic()
    {
        var (root, alice) = (await _api.SignInAsync("root", ThreeProcesses.Password), await _api.SignInAsync("alice", ThreeProcesses.Password));
        var users = await Api.JsonAsync(await _api.GetAsync("/api/auth/admin/users", root.Access));
        Assert.Equal(["alice", "root"], users.GetProperty("results").EnumerateArray().Select(u => u.GetProperty("username").GetString()));

        using var forbidden = await _api.GetAsync("/api/auth/admin/users", alice.Access);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        using var anonymous = await _api.GetAsync("/api/auth/admin/users");
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        foreach (var path in new[] { "/openapi/v1.json", "/docs/", "/docs/scalar.js" })
        {
            using var documentation = await _api.GetAsync(path, root.Access);
            Assert.Equal(HttpStatusCode.NotFound, documentation.StatusCode);
        }
    }

    [Fact]
    public async Task RefreshedTwice_TheFirstTokenEndsTheSession()
    {
        var first = await _api.SignInAsync("alice", ThreeProcesses.Password);
        var second = (await Api.JsonAsync(await _api.RefreshAsync(first.Refresh))).GetProperty("refresh").GetString()!;
        var third = (await Api.JsonAsync(await _api.RefreshAsync(second))).GetProperty("refresh").GetString()!;

        using var reuse = await _api.RefreshAsync(first.Refresh);
        Assert.Equal(HttpStatusCode.Unauthorized, reuse.StatusCode);
        Assert.Equal("Token is blacklisted", (await Api.JsonAsync(reuse)).GetProperty("detail").GetString());

        using var stolen = await _api.RefreshAsync(third);
        Assert.Equal(HttpStatusCode.Unauthorized, stolen.StatusCode);
    }

    [Fact]
    public async Task TokenServiceKilled_ItsTokensStayValidDuringAndAfter()
    {
        var pair = await _api.SignInAsync("alice", ThreeProcesses.Password);

        await _processes.TokenService!.SignalAsync("KILL");
        await _processes.TokenService.WaitForExitAsync(Until.Patience);
        using (var during = await _api.GetAsync("/api/profile/", pair.Access)) Assert.Equal(HttpStatusCode.OK, during.StatusCode);
        using (var page = await _api.GetAsync("/")) Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        using (var login = await _api.RefreshAsync(pair.Refresh)) Assert.Equal(HttpStatusCode.BadGateway, login.StatusCode);

        await _processes.TokenService.DisposeAsync();
        _processes.StartTokenService();
        await _processes.WaitUntilTokensCanBeCheckedAsync();
        using (var after = await _api.GetAsync("/api/profile/", pair.Access)) Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        using (var verified = await _api.VerifyAsync(pair.Access)) Assert.Equal(HttpStatusCode.OK, verified.StatusCode);
        using (var refreshed = await _api.RefreshAsync(pair.Refresh)) Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
    }

    // That it is told at once and does not ask now and then: PushedSignOutTests.
    [Fact]
    public async Task SignedOut_TheGatewayRefusesLongBeforeTheTokenExpires_AlsoAfterItsRestart()
    {
        var pair = await _api.SignInAsync("alice", ThreeProcesses.Password);
        var other = await _api.SignInAsync("alice", ThreeProcesses.Password);
        using (var before = await _api.GetAsync("/api/profile/", pair.Access)) Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        using (var signedOut = await _api.BlacklistAsync(pair.Refresh)) Assert.Equal(HttpStatusCode.OK, signedOut.StatusCode);
        await Until.TrueAsync(() => IsRefusedAsync(pair.Access), "the access token of an ended session is refused");
        Assert.False(await IsRefusedAsync(other.Access));

        await _processes.GatewayProcess!.SignalAsync("KILL");
        await _processes.GatewayProcess.WaitForExitAsync(Until.Patience);
        await _processes.GatewayProcess.DisposeAsync();
        _processes.StartGateway();
        await _processes.WaitUntilTokensCanBeCheckedAsync();
        await Until.TrueAsync(() => IsRefusedAsync(pair.Access), "it is refused after a restart, too");
        Assert.False(await IsRefusedAsync(other.Access));
    }

    [Fact]
    public async Task SignedOut_AnOpenWebSocketIsClosed()
    {
        var pair = await _api.SignInAsync("alice", ThreeProcesses.Password);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {pair.Access}");
        await socket.ConnectAsync(new UriBuilder(_processes.Gateway) { Scheme = "ws", Path = "/api/socket" }.Uri, TestContext.Current.CancellationToken);
        using (var signedOut = await _api.BlacklistAsync(pair.Refresh)) Assert.Equal(HttpStatusCode.OK, signedOut.StatusCode);

        var buffer = new byte[1024];
        var received = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        while (received.MessageType != WebSocketMessageType.Close) received = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "token revoked"), (socket.CloseStatus, socket.CloseStatusDescription));
    }

    private async Task<bool> IsRefusedAsync(string access)
    {
        using var answer = await _api.GetAsync("/api/profile/", access);
        return answer.StatusCode == HttpStatusCode.Unauthorized;
    }
}
