using System.Net;
using System.Net.Http.Headers;
using FrontDoor.Gateway.Tests.Forwarding;
using FrontDoor.Gateway.Tests.Management;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Reliability;

/// <summary>Where nothing can be written, serving goes on, and recovers what can be recovered by itself (security contract 5).</summary>
[Collection(nameof(Alone))]
public sealed class FullDiskTests
{
    private const string Full = "/dev/full"; // takes nothing: no space left on device

    /// <summary>Long paths, so that a few hundred lines are more than a pipe and our own buffer hold.</summary>
    [Theory]
    [InlineData(Full)]
    [InlineData(DrainedProcess.Unread)]
    public async Task LogThatCannotBeWritten_StopsNeitherServingNorTheEnd(string output)
    {
        if (OperatingSystem.IsWindows() || (output == Full && !File.Exists(Full))) Assert.Skip($"this system has no {Full}, or no SIGTERM");
        await using var backend = await TestServer.StartAsync();
        using var gateway = new DrainedProcess(backend, "00:00:00", "00:00:05", output: output);
        await gateway.StartAsync();
        using var client = Client.For(gateway.Public);
        var path = new Uri("/" + new string('x', 7_500), UriKind.Relative);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var i = 0; i < 250; i++) Assert.Equal("ok", await client.GetStringAsync(path, TestContext.Current.CancellationToken));
        }));
        gateway.Terminate();
        Assert.Equal(0, await gateway.ExitAsync());
    }

    [Fact]
    public async Task KeysThatCannotBeSaved_AreUsedAndSavedOnceThereIsRoom()
    {
        using var folder = new TestFolder();
        using var other = new Authentication.OtherKey();
        var file = folder.File("keys.json");
        await using var issuer = await FakeIssuer.StartAsync();
        await using var backend = await TestServer.StartAsync();
        var clock = new TestClock();
        // A folder where its part should be cannot be written to by root either.
        Directory.CreateDirectory(folder.File("keys.json.part/full"));
        await using var gateway = await GatewayApp.StartAsync(issuer.Trust, backend.Address, new Dictionary<string, string?> { ["Issuers:token-service:KeysStateFile"] = file }, clock);
        using var client = Client.For(gateway.Address);
        await Until.TrueAsync(() => gateway.Logs.All.Any(l => l.Contains("Keys cannot be saved", StringComparison.Ordinal)), "the log says so");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, issuer.Token()));
        Assert.False(File.Exists(file));

        Directory.Delete(folder.File("keys.json.part"), recursive: true);
        issuer.FurtherKeys.Add(other.Jwk);
        await clock.WaitedForAsync(TimeSpan.FromMinutes(1));
        clock.Advance(TimeSpan.FromMinutes(1));
        await Until.TrueAsync(() => File.Exists(file), "the keys are saved");
    }

    /// <summary>With <c>BufferRequests</c>: a small body needs no disk.</summary>
    [Fact]
    public async Task BodyThatCannotBeKept_Is503AndOthersAreServed()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("TMPDIR is not how Windows is told");
        using var folder = new TestFolder();
        await using var backend = await TestServer.StartAsync();
        using var gateway = new DrainedProcess(
            backend, "00:00:00", "00:00:05", ["--Upstream:Clusters:c:BufferRequests=true"], new Dictionary<string, string> { ["TMPDIR"] = folder.File("gone") });
        await gateway.StartAsync();
        using var client = Client.For(gateway.Public);
        using (var large = await PostAsync(client, 200_000))
        {
            await ProblemAssert.IsAsync(large, HttpStatusCode.ServiceUnavailable, "service_unavailable");
            Assert.NotNull(large.Headers.RetryAfter);
        }

        Assert.Empty(backend.Received);
        using (var small = await PostAsync(client, 1_000)) Assert.Equal(HttpStatusCode.OK, small.StatusCode);
        Directory.CreateDirectory(folder.File("gone"));
        using var again = await PostAsync(client, 200_000);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, int length)
    {
        using var content = new ByteArrayContent(new byte[length]);
        return await client.PostAsync(new Uri("/x", UriKind.Relative), content, TestContext.Current.CancellationToken);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/echo/x") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
