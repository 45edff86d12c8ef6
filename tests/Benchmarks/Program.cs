using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using BenchmarkDotNet.Running;
using FrontDoor.Benchmarks;
using FrontDoor.Benchmarks.Parties;
using FrontDoor.Benchmarks.Processes;
using FrontDoor.Benchmarks.Report;
using FrontDoor.Benchmarks.Rows;

var rows = new Argument<string[]>("rows") { Description = "Rows to measure, or \"all\"; a name may end with * (static-*)", Arity = ArgumentArity.ZeroOrMore };
var list = new Option<bool>("--list") { Description = "List the rows and what is missing to measure them" };
var json = new Option<bool>("--json") { Description = "Print the results as JSON instead of tables" };
var markdown = new Option<bool>("--markdown") { Description = "Print the results as Markdown instead of tables" };
var plot = new Option<bool>("--plot") { Description = "Bars in the terminal, too" };
var rounds = new Option<int>("--rounds") { Description = "Turns of each party", DefaultValueFactory = _ => 5 };
var seconds = new Option<int>("--seconds") { Description = "Length of a turn", DefaultValueFactory = _ => 4 };
var warmUp = new Option<int>("--warm-up") { Description = "Seconds of load before the first turn", DefaultValueFactory = _ => 6 };
var connections = new Option<int>("--connections") { Description = "Connections of the load", DefaultValueFactory = _ => 64 };
var root = new RootCommand("Measures the gateway and the token service beside their peers, on loopback. Pages and JSON go to artifacts/benchmarks.")
{
    rows, list, json, markdown, plot, rounds, seconds, warmUp, connections,
};
root.SetAction(async (given, stop) =>
{
    try
    {
        var wanted = Choose(given.GetValue(rows) ?? []);
        if (given.GetValue(list) || wanted.Count == 0)
        {
            List(Plan.Rows);
            return 0;
        }

        if (Tool.Missing(wanted.SelectMany(row => row.Needs)) is { } needs) Bench.Say($"not everything can be measured; {needs}");
        using var ended = stop.Register(ServerProcess.EndAll);
        var found = await MeasureAsync(wanted, new Effort(given.GetValue(rounds), given.GetValue(seconds), given.GetValue(warmUp), given.GetValue(connections)),
            row => { if (!given.GetValue(json) && !given.GetValue(markdown)) Console.WriteLine(TextReport.Row(row, given.GetValue(plot))); }, stop);
        if (given.GetValue(json) && found.Rows.Count > 0) Console.WriteLine(await File.ReadAllTextAsync(Path.Combine(found.Folder, "results.json"), CancellationToken.None));
        if (given.GetValue(markdown)) Console.WriteLine(TextReport.Markdown(found.Rows));
        if (found.Failed.Count == 0) return 0;
        Console.Error.WriteLine($"not measured: {string.Join(", ", found.Failed)}");
        return 1;
    }
    catch (BenchmarkException fault)
    {
        Console.Error.WriteLine(fault.Message);
        return 1;
    }
});

var kind = new Argument<string>("kind");
var port = new Option<int>("--port");
var argument = new Option<string>("--argument");
var peer = new Command("peer", "A party that runs in this program") { kind, port, argument };
peer.Hidden = true;
peer.SetAction(given => DotNetPeers.RunAsync(given.GetRequiredValue(kind), given.GetValue(port), given.GetRequiredValue(argument)));
root.Subcommands.Add(peer);

var micro = new Command("micro", "Micro-benchmarks by BenchmarkDotNet; its own options are passed on") { TreatUnmatchedTokensAsErrors = false };
micro.SetAction(given =>
{
    BenchmarkSwitcher.FromAssembly(typeof(Plan).Assembly).Run(given.UnmatchedTokens is { Count: > 0 } own ? [.. own] : ["--filter", "*"]);
    return 0;
});
root.Subcommands.Add(micro);

return await root.Parse(args).InvokeAsync();

static void List(IEnumerable<IRow> all)
{
    foreach (var row in all) Console.WriteLine($"{row.Name,-24}{row.Title}{(Tool.Missing(row.Needs) is { } needs ? $" ({needs})" : "")}");
    Console.WriteLine($"{"micro",-24}token cache, header stamping, policies, session rotation: time and bytes allocated (BenchmarkDotNet)");
    Console.WriteLine(Tool.Missing(all.SelectMany(row => row.Needs)) ?? "All programs that they need are there.");
}

static IReadOnlyList<IRow> Choose(string[] names)
{
    var unknown = names.Where(name => name != "all" && !Plan.Rows.Any(row => Means(name, row))).ToArray();
    if (unknown.Length > 0) throw new BenchmarkException($"no such row: {string.Join(", ", unknown)}; --list shows them");
    return names.Contains("all") ? Plan.Rows : [.. Plan.Rows.Where(row => names.Any(name => Means(name, row)))];
}

static bool Means(string name, IRow row) => name.EndsWith('*') ? row.Name.StartsWith(name[..^1], StringComparison.Ordinal) : row.Name == name;

static async Task<(string Folder, List<RowResult> Rows, List<string> Failed)> MeasureAsync(IReadOnlyList<IRow> rows, Effort effort, Action<RowResult> show, CancellationToken stop)
{
    await using var bench = new Bench(Workspace.Create(), effort);
    var (results, failed) = (new List<RowResult>(), new List<string>());
    foreach (var row in rows)
    {
        if (stop.IsCancellationRequested) break;
        if (await Faults.OfAsync(async () => results.Add(await row.RunAsync(bench))) is { } fault)
        {
            failed.Add(row.Name);
            Bench.Say($"{row.Name} was not measured: {fault}");
            continue;
        }

        var result = results[^1];
        failed.AddRange(result.Parties.Where(party => party.Fault is not null).Select(party => $"{party.Party} in {row.Name}"));
        show(result);

        // After each row, so that a run that is broken off leaves what it found.
        await File.WriteAllTextAsync(Path.Combine(bench.Workspace.Results, "results.json"), JsonSerializer.Serialize(new { machine = Machine.Here(), effort, rows = results }, JsonFormat.Options), CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(bench.Workspace.Results, "results.html"), HtmlReport.Page(results, Machine.Here(), effort), CancellationToken.None);
    }

    if (results.Count > 0) Bench.Say($"results: {Path.GetRelativePath(Environment.CurrentDirectory, Path.Combine(bench.Workspace.Results, "results.html"))} and results.json beside it");
    return (bench.Workspace.Results, results, failed);
}

internal static class JsonFormat
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };
}
