using System.Net;
using System.Net.Http.Headers;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>Keys kept on disk, for a gateway that starts while its issuer is down.</summary>
public sealed class KeyStateTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private TestServer _backend = null!;
    private FakeIssuer _issuer = null!;

    private string File => _folder.File("state/keys.json");

    public async ValueTask InitializeAsync() => (_backend, _issuer) = (await TestServer.StartAsync(), await FakeIssuer.StartAsync());

    [Fact]
    public async Task RestartWhileTheIssuerIsDown_ServesByTheSavedKeysUntilItIsBack()
    {
        await SaveAsync();
        using var other = new OtherKey();
        var clock = new TestClock();
        _issuer.OnJwks = DownAsync;
        await using var gateway = await StartAsync(clock);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, _issuer.Token()));

        _issuer.OnJwks = context => context.Response.WriteAsync($$"""{"keys":[{{other.Jwk}}]}""");
        await clock.WaitedForAsync(TimeSpan.FromMinutes(1)); // restored keys need no hurry
        clock.Advance(TimeSpan.FromMinutes(1));
        await Until.TrueAsync(() => System.IO.File.ReadAllText(File).Contains("other", StringComparison.Ordinal), "the new keys are saved");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(gateway, _issuer.Token()));
        Assert.DoesNotContain(_issuer.Kid, System.IO.File.ReadAllText(File), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("spoilt", "are not used")]
    [InlineData("empty", "are not used")]
    [InlineData("other issuer", null)]
    [InlineData("other address", null)]
    [InlineData("no keys", null)]
    [InlineData("writable", "chmod o-w")]
    public async Task FileThatCannotBeTrusted_IsNoKeys(string how, string? logged)
    {
        Assert.SkipWhen(how == "writable" && OperatingSystem.IsWindows(), "Unix file modes");
        await SaveAsync();
        var text = System.IO.File.ReadAllText(File);
        System.IO.File.WriteAllText(File, how switch
        {
            "spoilt" => text[..^20],
            "empty" => "",
            "other issuer" => text.Replace(FakeIssuer.Name, "https://elsewhere.test", StringComparison.Ordinal),
            "other address" => text.Replace("openid-configuration", "elsewhere", StringComparison.Ordinal),
            "no keys" => text.Replace("P-256", "P-1", StringComparison.Ordinal),
            _ => text,
        });
        if (how == "writable" && !OperatingSystem.IsWindows()) System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite);

        _issuer.OnJwks = DownAsync;
        var clock = new TestClock();
        await using var gateway = await StartAsync(clock);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(gateway, _issuer.Token()));
        if (logged is not null) Assert.Contains(gateway.Logs.All, l => l.Contains(logged, StringComparison.Ordinal));

        _issuer.OnJwks = null;
        clock.Advance(TimeSpan.FromSeconds(1));
        await clock.WaitedForAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, _issuer.Token()));
    }

    [Fact]
    public async Task PublishedPrivateHalf_IsNeitherUsedNorSaved()
    {
        using var good = new OtherKey();
        _issuer.OnJwks = context => context.Response.WriteAsync($$"""{"keys":[{{_issuer.PublicJwk()[..^1]}},"d":"c2VjcmV0LXBhcnQ"},{{good.Jwk}}]}""");
        await using var gateway = await StartAsync(new TestClock());
        await Until.TrueAsync(() => System.IO.File.Exists(File), "the keys are saved");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(gateway, _issuer.Token()));
        Assert.DoesNotContain("c2VjcmV0", System.IO.File.ReadAllText(File), StringComparison.Ordinal);
        Assert.Contains("other", System.IO.File.ReadAllText(File), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FolderThatCannotBeWritten_IsLoggedAndKeysAreUsed()
    {
        _folder.Write("state", "a file where the folder should be");
        await using var gateway = await StartAsync(new TestClock());
        await Until.TrueAsync(() => gateway.Logs.All.Any(l => l.Contains("Keys cannot be saved", StringComparison.Ordinal)), "the fault is reported");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, _issuer.Token()));
    }

    public async ValueTask DisposeAsync()
    {
        await _issuer.DisposeAsync();
        await _backend.DisposeAsync();
        _folder.Dispose();
    }

    private static Task DownAsync(HttpContext context)
    {
        context.Response.StatusCode = 500;
        return Task.CompletedTask;
    }

    private async Task SaveAsync()
    {
        await using var before = await StartAsync(new TestClock());
        await Until.TrueAsync(() => System.IO.File.Exists(File), "the keys are saved");
        if (!OperatingSystem.IsWindows()) Assert.False(System.IO.File.GetUnixFileMode(File).HasFlag(UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));
    }

    private Task<GatewayApp> StartAsync(TimeProvider clock) =>
        GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?> { ["Issuers:token-service:KeysStateFile"] = File }, clock);

    private static async Task<HttpStatusCode> StatusAsync(GatewayApp gateway, string token)
    {
        using var client = Client.For(gateway.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/echo/x") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
