using System.Diagnostics;
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

    public IEnumerable<Tool> Needs => [];

    public async Task<RowResult> RunAsync(Bench bench)
    {
        var running = await bench.StartAsync(OurTokenService.OnSqlite);
        var load = await RefreshLoad.SignInAsync(bench, running, Sessions);
        await load.RunAsync(bench.Effort.WarmUp);
        var (alone, flooded) = (new List<Sample>(), new List<Sample>());
        for (var round = 1; round <= bench.Effort.Rounds; round++)
        {
            alone.Add(await TurnAsync(bench, running, load));
            var signIns = 0.0;
            using var end = new CancellationTokenSource();
            var flood = FloodAsync(bench, running, end.Token);
            try
            {
                flooded.Add(await TurnAsync(bench, running, load));
            }
            finally
            {
                await end.CancelAsync();
                signIns = await flood;
            }

            Bench.Say($"{Name}: round {round} of {bench.Effort.Rounds}: p99 {alone[^1].P99:N1} ms alone, {flooded[^1].P99:N1} ms beside {signIns:N0} sign-ins/s");
        }

        PartyResult[] parties = [new("without sign-ins", alone), new("with sign-ins", flooded)];
        return RowResult.Of(Name, Title, parties[0].Party, parties, [new Budget(parties[1].Party, Metric.P99, parties[0].Party, 2)]);
    }

    // Without CPU time: the hashes' is in the same process.
    private static async Task<Sample> TurnAsync(Bench bench, Running running, RefreshLoad load)
    {
        var result = await (await load.PrepareAsync(bench.Effort.Seconds))();
        if (result.Bad > 0) throw new BenchmarkException("refreshes were refused while sign-ins flooded");
        return new Sample(result.PerSecond, result.P50, result.P99, 0, ProcessTree.MemoryBytes(running.Ids.ToArray()) / 1e6, result.Bad);
    }

    /// <summary>Good passwords, since bad ones are soon turned away without a hash.</summary>
    /// <returns>How many a second were let in; the gate refuses the others (503).</returns>
    private static async Task<double> FloodAsync(Bench bench, Running running, CancellationToken end)
    {
        var start = Stopwatch.GetTimestamp();
        var open = new List<Task<bool>>();
        using var beat = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / SignInsPerSecond));
        try
        {
            while (await beat.WaitForNextTickAsync(end)) open.Add(SignInAsync(bench, running));
        }
        catch (OperationCanceledException)
        {
            // The turn is over.
        }

        var letIn = await Task.WhenAll(open);
        return letIn.Count(one => one) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<bool> SignInAsync(Bench bench, Running running)
    {
        using var content = new StringContent(bench.SignIn.Body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await Http.Client.PostAsync(new Uri(running.Address, "/api/token/"), content);
        return (int)answer.StatusCode switch
        {
            200 => true,
            503 => false,
            var other => throw new BenchmarkException($"a sign-in was answered {other}"),
        };
    }
}
