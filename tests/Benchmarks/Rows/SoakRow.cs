using System.Globalization;
using FrontDoor.Benchmarks.Load;
using FrontDoor.Benchmarks.Parties;
using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks.Rows;

/// <summary>
/// A mixture of loads, again and again: memory, open files and threads must stay where the warm-up has left them. As long as it is told: a cycle is one turn of
/// each load, <c>--rounds</c> of them, e.g. <c>soak --rounds 45 --seconds 10</c> for an hour. The first fifth fills caches and heaps; the second is compared with the last: the
/// least memory of each, since a heap rises until it is collected, and the medians of the counts.
/// </summary>
internal sealed class SoakRow : IRow
{
    // Twice what the gateway remembers, in a circle: each is unknown again when its turn comes.
    private const int Tokens = 40_000;
    private const int Lanes = 8;

    // What may come and go by itself: pooled connections, threads of the pool.
    private const int Slack = 40;

    public string Name => "soak";

    public string Title => "soak: files, known, new and bad tokens, limits, TLS, refreshes (MB after the warm-up and at the end)";

    public IEnumerable<Tool> Needs => [Tool.Nginx, Tool.Wrk];

    public async Task<RowResult> RunAsync(Bench bench)
    {
        Tool.Require(Needs);
        var rounds = Math.Max(bench.Effort.Rounds, 5);
        var keys = bench.Workspace.Keys;
        Ask[] asks =
        [
            new("/1k.html"), new("/128k.js") { Gzip = true }, new("/api/ES256/orders") { Token = keys.Token() }, new("/api/ES256/orders") { Tokens = keys.Tokens(Tokens) },
            new("/api/ES256/orders") { Token = keys.Forged(), Status = 401 }, new("/limited/orders") { Status = 429 }, new("/open/orders") { Secure = true },
        ];
        var gateway = await bench.StartAsync(OurGateway.Party);
        var service = await bench.StartAsync(OurTokenService.OnSqlite);
        var refreshes = await RefreshLoad.SignInAsync(bench, service, Lanes);

        await CycleAsync(bench, gateway, asks, refreshes, bench.Effort.WarmUp);
        Running[] both = [gateway, service];
        List<State>[] seen = [[], []];
        for (var round = 1; round <= rounds; round++)
        {
            await CycleAsync(bench, gateway, asks, refreshes, bench.Effort.Seconds);
            foreach (var (states, running) in seen.Zip(both)) states.Add(Now(running));
            Bench.Say($"{Name}: cycle {round} of {rounds}: gateway {seen[0][^1]}; token service {seen[1][^1]}");
        }

        var part = rounds / 5;
        var before = seen.Select(states => states[part..(2 * part)]).ToArray();
        var after = seen.Select(states => states[^part..]).ToArray();
        foreach (var (was, state) in before.Zip(after, (one, other) => (Level(one), Level(other))).Where(pair => Grows(pair.Item1, pair.Item2)))
            throw new BenchmarkException($"it grows: {was} after the warm-up, {state} at the end");
        string[] names = ["our gateway", "our token service"];
        return RowResult.Of(Name, Title, $"{names[0]}, warm",
            [.. names.SelectMany((name, i) => new[] { Result($"{name}, warm", Level(before[i])), Result($"{name}, at the end", Level(after[i])) })],
            names.Select(name => new Budget($"{name}, at the end", Metric.Memory, $"{name}, warm", 1.1)));
    }

    private static State Level(List<State> states) => new(
        states.Min(state => state.Memory), (int)Statistics.Median(states.Select(state => (double)state.Files)), (int)Statistics.Median(states.Select(state => (double)state.Threads)));

    private static bool Grows(State was, State state) => state.Files > was.Files + Slack || state.Threads > was.Threads + Slack;

    private static async Task CycleAsync(Bench bench, Running gateway, IEnumerable<Ask> asks, RefreshLoad refreshes, int seconds)
    {
        foreach (var ask in asks) Check(ask.Path, await Wrk.RunAsync(bench, gateway, ask, Lanes, seconds));
        Check("refresh", await refreshes.RunAsync(seconds));
    }

    private static void Check(string what, LoadResult load)
    {
        if (load.Requests == 0 || load.Bad > 0) throw new BenchmarkException($"{load.Bad} of {load.Requests} answers to {what} were not the expected ones");
    }

    private static State Now(Running running)
    {
        var ids = running.Ids.ToArray();
        return new State(ProcessTree.MemoryBytes(ids) / 1e6, ids.Sum(id => Count(id, "fd")), ids.Sum(id => Count(id, "task")));
    }

    private static int Count(int id, string folder) => Directory.EnumerateFileSystemEntries($"/proc/{id}/{folder}").Count();

    private static PartyResult Result(string name, State state) => new(name, [new Sample(0, 0, 0, 0, state.Memory, 0)]);

    private sealed record State(double Memory, int Files, int Threads)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Memory:N0} MB, {Files} open files, {Threads} threads");
    }
}
