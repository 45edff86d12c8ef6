using System.Globalization;
using System.Text.RegularExpressions;
using FrontDoor.Benchmarks.Parties;

namespace FrontDoor.Benchmarks.Load;

/// <summary>h2load: HTTP/2 over TLS, eight streams on each connection, as many requests at once as wrk has connections.</summary>
internal static partial class H2Load
{
    private const int Streams = 8;

    public static async Task<LoadResult> RunAsync(Bench bench, Running party, Ask ask, int connections, int seconds)
    {
        var log = bench.Workspace.NewFile("h2load.log");
        string[] token = ask.Token is null ? [] : ["--header", $"authorization: Bearer {ask.Token}"];
        var output = await Shell.OutputAsync(Tool.H2Load.FullPath,
            [$"--clients={Math.Max(1, connections / Streams)}", $"--max-concurrent-streams={Streams}", "--threads=2", $"--duration={seconds}", $"--log-file={log}", .. token, new Uri(party.Secure!, ask.Path).ToString()]);
        var total = Total().Match(output) is { Success: true } match ? match : throw new BenchmarkException($"h2load said: {output}");
        var requests = long.Parse(total.Groups["done"].Value, CultureInfo.InvariantCulture);
        var good = long.Parse(Statuses().Match(output).Groups["good"].Value, CultureInfo.InvariantCulture);

        // Lines of the log: start (us), status, duration (us).
        var durations = File.ReadLines(log).Select(line => long.Parse(line.Split('\t')[2], CultureInfo.InvariantCulture)).Order().ToArray();
        File.Delete(log);
        return new LoadResult(requests, seconds, At(durations, 0.50), At(durations, 0.99), requests - good);
    }

    private static double At(long[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[(int)((sorted.Length - 1) * share)] / 1000.0;

    [GeneratedRegex(@"requests: \d+ total, \d+ started, (?<done>\d+) done")]
    private static partial Regex Total();

    [GeneratedRegex(@"status codes: (?<good>\d+) 2xx")]
    private static partial Regex Statuses();
}
