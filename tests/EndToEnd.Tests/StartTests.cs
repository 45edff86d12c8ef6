using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.EndToEnd.Tests;

/// <summary><c>dotnet run start.cs</c> keeps what the README promises.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task StartedTwiceOnOneFolder_UsersAndTokensSurvive()
    {
        using var folder = new TestFolder();
        Pair pair;
        ReadyFile first;
        await using (var run = await DemoRun.StartAsync(folder))
        {
            first = run.Ready;
            using var api = new Api(first.Gateway);
            pair = await api.SignInAsync(first.Username, first.Password);
            using var admin = await api.GetAsync("/api/admin/", (await api.SignInAsync(first.AdminUsername, first.AdminPassword)).Access);
            Assert.Equal(HttpStatusCode.OK, admin.StatusCode);
            using var plain = await api.GetAsync("/api/admin/", pair.Access);
            Assert.Equal(HttpStatusCode.Forbidden, plain.StatusCode);

            await run.Process.SignalAsync("TERM");
            Assert.Equal(0, await run.Process.WaitForExitAsync(Until.Patience));
            Assert.Contains("curl -s", run.Process.Output, StringComparison.Ordinal);
        }

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("state/demo-password")));

        await using (var run = await DemoRun.StartAsync(folder))
        {
            Assert.Equal(first.Password, run.Ready.Password);
            using var api = new Api(run.Ready.Gateway);
            await api.SignInAsync(first.Username, first.Password);
            // Ports are free ones here, so the issuer differs and the old token with it; the same-port case is StoryTests'.
            using var foreign = await api.RefreshAsync(pair.Refresh);
            Assert.Equal(HttpStatusCode.Unauthorized, foreign.StatusCode);
        }
    }

    [Fact]
    public async Task PortInUse_OneClearLineAndExitCode1()
    {
        using var folder = new TestFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await using var process = DemoRun.Launch(folder, null, "--gateway-port", $"{port}");
        Assert.Equal(1, await process.WaitForExitAsync(TimeSpan.FromMinutes(2)));
        var line = Assert.Single(process.Output.Split('\n'), l => l.StartsWith("start: ", StringComparison.Ordinal));
        Assert.Contains($"port {port}", line, StringComparison.Ordinal);
        Assert.Contains("--gateway-port", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceThatCannotStart_IsNamedAndAllEnds()
    {
        using var folder = new TestFolder();
        await using var process = DemoRun.Launch(folder, new Dictionary<string, string> { ["AccessTokens__Lifetime"] = "02:00:00" },
            "--gateway-port", "0", "--management-port", "0", "--token-service-port", "0", "--backend-port", "0", "--second-backend-port", "0");

        Assert.Equal(1, await process.WaitForExitAsync(TimeSpan.FromMinutes(4)));
        var line = Assert.Single(process.Output.Split('\n'), l => l.StartsWith("start: ", StringComparison.Ordinal));
        Assert.Contains("token-service ended at start with exit code 1", line, StringComparison.Ordinal);
        Assert.Contains("AccessTokens:Lifetime", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KilledHard_NoServiceStaysBehind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads the list of processes from /proc");
        using var folder = new TestFolder();
        var mark = $"FRONT_DOOR_TEST={Guid.NewGuid():N}";
        await using var run = await DemoRun.StartAsync(folder, new Dictionary<string, string> { ["FRONT_DOOR_TEST"] = mark.Split('=')[1] });
        var services = Services(mark);
        Assert.Equal(4, services.Count);

        await run.Process.SignalAsync("KILL"); // `dotnet run` itself: start.cs only notices that it has another parent
        await Until.TrueAsync(() => services.All(IsGone), "all services are gone");
    }

    [Fact]
    public async Task OneBackEndKilled_TheDemoGoesOnWithTheOther()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads the list of processes from /proc");
        using var folder = new TestFolder();
        var mark = Guid.NewGuid().ToString("N");
        await using var run = await DemoRun.StartAsync(folder, new Dictionary<string, string> { ["FRONT_DOOR_TEST"] = mark });
        var backend = Services($"FRONT_DOOR_TEST={mark}").First(id => File.ReadAllText($"/proc/{id}/cmdline").Contains("sample-backend.dll", StringComparison.Ordinal));

        using (var process = Process.GetProcessById(backend)) process.Kill();
        await Until.TrueAsync(() => run.Process.Output.Contains("the gateway goes on without it", StringComparison.Ordinal), "start.cs says so");

        using var api = new Api(run.Ready.Gateway);
        for (var i = 0; i < 10; i++)
        {
            using var answer = await api.GetAsync("/api/public/echo/x");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.False(run.Process.HasExited);
    }

    // Children of start.cs inherit what the test put into its environment; start.cs and `dotnet run` themselves are left out.
    private static List<int> Services(string mark) =>
        [.. Process.GetProcesses().Select(p => p.Id).Where(id =>
            Environment(id) is var environment && environment.Contains(mark, StringComparison.Ordinal) && environment.Contains("DOTNET_STARTUP_HOOKS=", StringComparison.Ordinal))];

    private static string Environment(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/environ");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // gone meanwhile, or not ours
        }
    }

    private static bool IsGone(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }
}
