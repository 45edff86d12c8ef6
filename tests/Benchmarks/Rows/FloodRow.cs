using FrontDoor.Benchmarks.Load;
using FrontDoor.Benchmarks.Parties;
using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks.Rows;

/// <summary>Eight sessions refresh, alternately alone and beside 100 sign-ins a second, which is many times what two cores can hash.</summary>
internal sealed class FloodRow : IRow
{
    private const int Sessions = 8;
    private const int SignInsPerSecond = 100;

    public string Name => "refresh-flood";

    public string Title => $"refresh ({Sessions} sessions) while {SignInsPerSecond} sign-ins/s come in";

    public async Task<RowResult> RunAsync(Bench bench)
    {
        var running = await bench.StartAsync(OurTokenService.OnSqlite);
        var load = await RefreshLoad.SignInAsync(bench, running, Sessions);
        await load.RunAsync(bench.Effort.WarmUp);
        var (alone, flooded) = (new List<Sample>(), new List<Sample>());
        for (var round = 1; round <= bench.Effort.Rounds; round++)
        {
            alone.Add(await TurnAsync(bench, running, load));
            using var end = new CancellationTokenSource();
            var flood = FloodAsync(bench, running, end.Token);
            flooded.Add(await TurnAsync(bench, running, load));
            await end.CancelAsync();
            Bench.Say($"{Name}: round {round} of {bench.Effort.Rounds}: p99 {alone[^1].P99:N1} ms alone, {flooded[^1].P99:N1} ms beside {await flood:N0} sign-ins");
        }

        PartyResult[] parties = [new("without sign-ins", alone), new("with sign-ins", flooded)];
        return RowResult.Of(Name, Title, parties[0].Party, parties, [new Budget(parties[1].Party, Metric.P99, parties[0].Party, 2)]);
    }

    private static async Task<Sample> TurnAsync(Bench bench, Running running, RefreshLoad load)
    {
        var ids = running.Ids.ToArray();
        var before = ProcessTree.CpuSeconds(ids);
        var result = await load.RunAsync(bench.Effort.Seconds);
        if (result.Bad > 0) throw new BenchmarkException("refreshes were refused while sign-ins flooded");
        return new Sample(result.PerSecond, result.P50, result.P99, (ProcessTree.CpuSeconds(ids) - before) * 1e6 / result.Requests, ProcessTree.MemoryBytes(ids) / 1e6, result.Bad);
    }

    /// <summary>Good passwords, since bad ones are soon turned away without a hash. What the gate refuses (503) counts as well.</summary>
    private static async Task<int> FloodAsync(Bench bench, Running running, CancellationToken end)
    {
        var open = new List<Task>();
        using var beat = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / SignInsPerSecond));
        try
        {
            while (await beat.WaitForNextTickAsync(end)) open.Add(SignInAsync(bench, running));
        }
        catch (OperationCanceledException)
        {
            // The turn is over.
        }

        await Task.WhenAll(open);
        return open.Count;
    }

    private static async Task SignInAsync(Bench bench, Running running)
    {
        using var content = new StringContent(bench.SignIn.Body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await Http.Client.PostAsync(new Uri(running.Address, "/api/token/"), content);
        if ((int)answer.StatusCode is not (200 or 503)) throw new BenchmarkException($"a sign-in was answered {(int)answer.StatusCode}");
    }
}
