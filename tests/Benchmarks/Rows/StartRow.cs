using System.Diagnostics;
using FrontDoor.Benchmarks.Parties;
using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks.Rows;

/// <summary>From the start of the process to its first good answer. The "latency" is that time; CPU is what the start cost.</summary>
internal sealed class StartRow : IRow
{
    public string Name => "start";

    public string Title => "start to ready (latency: ms to the first answer; CPU: us of the whole start)";

    public IEnumerable<Tool> Needs => [Tool.Nginx];

    public async Task<RowResult> RunAsync(Bench bench)
    {
        Tool.Require(Needs);
        var backEnd = await bench.StartAsync(BackEnd.Party);
        var (gateway, tokenService, yarp) = (new List<Sample>(), new List<Sample>(), new List<Sample>());
        for (var round = 1; round <= bench.Effort.Rounds; round++)
        {
            var (program, config, address, _) = await OurGateway.PrepareAsync(bench, backEnd.Address);
            gateway.Add(await TurnAsync(bench, "gateway", [program, "--config", config], new Uri(address, "/1k.html")));

            var port = Workspace.FreePort();
            yarp.Add(await TurnAsync(bench, "yarp", [Path.Combine(AppContext.BaseDirectory, "benchmarks.dll"), "peer", "yarp", "--port", $"{port}", "--argument", $"{backEnd.Address}"], new Uri($"http://127.0.0.1:{port}/")));

            tokenService.Add(await TokenServiceAsync(bench));
            Bench.Say($"{Name}: round {round} of {bench.Effort.Rounds}: gateway {gateway[^1].P50:N0} ms, token service {tokenService[^1].P50:N0} ms, bare YARP {yarp[^1].P50:N0} ms");
        }

        PartyResult[] parties = [new(OurGateway.Party.Name, gateway), new(OurTokenService.OnSqlite.Name, tokenService), new(DotNetPeers.Yarp.Name, yarp)];
        return RowResult.Of(Name, Title, parties[2].Party, parties,
            [new Budget(parties[0].Party, Metric.P99, null, 1500), new Budget(parties[1].Party, Metric.P99, null, 2000)]);
    }

    private static async Task<Sample> TokenServiceAsync(Bench bench)
    {
        var program = await bench.PublishedAsync("token-service");
        var (port, data) = (Workspace.FreePort(), bench.Workspace.NewFolder("data-start"));
        var environment = OurTokenService.Environment(bench, data, port, null);
        var address = new Uri($"http://127.0.0.1:{port}/health/ready");

        // The first start makes keys, tables and a user; that is not what is measured.
        await TurnAsync(bench, "token-service", [program], address, environment, Path.GetDirectoryName(program));
        return await TurnAsync(bench, "token-service", [program], address, environment, Path.GetDirectoryName(program));
    }

    private static async Task<Sample> TurnAsync(Bench bench, string name, string[] arguments, Uri address, Dictionary<string, string>? environment = null, string? folder = null)
    {
        var start = Stopwatch.GetTimestamp();
        await using var process = ServerProcess.Start(bench.Workspace, $"start-{name}", "dotnet", arguments, environment, folder);
        await process.ReadyAsync(address, TimeSpan.FromMilliseconds(5));
        var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return new Sample(1000 / milliseconds, milliseconds, milliseconds, ProcessTree.CpuSeconds([process.Id]) * 1e6, ProcessTree.MemoryBytes([process.Id]) / 1e6, 0);
    }
}
