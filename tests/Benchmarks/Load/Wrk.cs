using System.Globalization;
using System.Text;
using System.Text.Json;
using FrontDoor.Benchmarks.Parties;

namespace FrontDoor.Benchmarks.Load;

/// <summary>wrk with a script that counts statuses and writes what it saw as JSON.</summary>
internal static class Wrk
{
    private const int Threads = 2;

    public static Task<LoadResult> RunAsync(Bench bench, Running party, Ask ask, int connections, int seconds) => Prepare(bench, party, ask, connections, seconds)();

    /// <summary>Makes the script and its tokens, and returns the load.</summary>
    public static Func<Task<LoadResult>> Prepare(Bench bench, Running party, Ask ask, int connections, int seconds)
    {
        var (script, tokens) = (new StringBuilder(), new List<string>());
        Write(script, tokens, bench, ask, seconds);
        string[] files = [bench.Workspace.Write("wrk.lua", script.ToString()), .. tokens];
        return async () =>
        {
            try
            {
                return await RunAsync(party, ask, connections, seconds, files[0]);
            }
            finally
            {
                foreach (var file in files) File.Delete(file);
            }
        };
    }

    private static async Task<LoadResult> RunAsync(Running party, Ask ask, int connections, int seconds, string script)
    {
        var address = new Uri(ask.Secure ? party.Secure! : party.Address, ask.Path);
        var output = await Shell.OutputAsync(Tool.Wrk.FullPath,
            [$"-t{Threads}", $"-c{connections}", $"-d{seconds}s", "--latency", "--timeout", "30s", "-s", script, address.ToString()]);
        var line = output.Split('\n').FirstOrDefault(text => text.StartsWith("{\"requests\"", StringComparison.Ordinal))
            ?? throw new BenchmarkException($"wrk said: {output}");
        var result = JsonSerializer.Deserialize<LoadResult>(line, JsonSerializerOptions.Web)!;
        if (output.Contains("tokens used up", StringComparison.Ordinal)) throw new BenchmarkException("more requests than first-seen tokens; raise Ask.FirstSeen");
        // A window of a limit lets one through before it refuses the rest.
        return ask.Status == 429 && result.Bad <= result.Seconds + 2 ? result with { Bad = 0 } : result;
    }

    private static void Write(StringBuilder script, List<string> files, Bench bench, Ask ask, int seconds)
    {
        script.AppendLine("local threads, count = {}, 0");
        script.AppendLine("function setup(thread) count = count + 1; thread:set('id', count); table.insert(threads, thread) end");
        script.AppendLine(CultureInfo.InvariantCulture, $"local method, headers, body = '{(ask.Body is null ? "GET" : "POST")}', {{}}, {(ask.Body is null ? "nil" : $"[==[{ask.Body}]==]")}");
        if (ask.Body is not null) script.AppendLine("headers['Content-Type'] = 'application/json'");
        if (ask.Gzip) script.AppendLine("headers['Accept-Encoding'] = 'gzip'");
        script.AppendLine("bad = 0");
        script.AppendLine(CultureInfo.InvariantCulture, $"function response(status) if status ~= {ask.Status} then bad = bad + 1 end end");
        if (ask.Status == 200) script.Replace("function response(status) if status ~= 200 then bad = bad + 1 end end\n", ""); // wrk counts those itself, for less

        if (ask.FirstSeen is { } each) FirstSeen(script, files, bench, ask, each * seconds);
        else if (ask.Tokens is { } tokens) InTurn(script, files, bench, ask, tokens);
        else Fixed(script, ask);

        script.AppendLine("""
            function done(summary, latency)
              local wrong = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
              @@BAD
              io.write(string.format('\n{"requests":%d,"seconds":%.6f,"p50":%.4f,"p99":%.4f,"bad":%d}\n',
                summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, wrong))
            end
            """.Replace("@@BAD", ask.Status == 200
                ? "wrong = wrong + summary.errors.status"
                : "for _, thread in ipairs(threads) do wrong = wrong + thread:get('bad') end", StringComparison.Ordinal));
    }

    private static void Fixed(StringBuilder script, Ask ask)
    {
        if (ask.Token is not null) script.AppendLine(CultureInfo.InvariantCulture, $"headers['Authorization'] = 'Bearer {ask.Token}'");
        script.AppendLine(CultureInfo.InvariantCulture, $"function init(args) one = wrk.format(method, '{ask.Path}', headers, body) end");
        script.AppendLine("function request() return one end");
    }

    private static void InTurn(StringBuilder script, List<string> files, Bench bench, Ask ask, IReadOnlyList<string> tokens)
    {
        var file = bench.Workspace.Write("tokens.txt", string.Join('\n', tokens));
        files.Add(file);
        script.AppendLine(CultureInfo.InvariantCulture, $$"""
            local all, at = {}, 0
            function init(args)
              for token in io.lines('{{file}}') do
                headers['Authorization'] = 'Bearer ' .. token
                all[#all + 1] = wrk.format(method, '{{ask.Path}}', headers, body)
              end
              at = math.floor(#all / {{Threads}} * (id - 1))
            end
            function request() at = at % #all + 1; return all[at] end
            """);
    }

    private static void FirstSeen(StringBuilder script, List<string> files, Bench bench, Ask ask, int count)
    {
        var tokens = bench.Workspace.Keys.Tokens(count);
        var each = Enumerable.Range(0, Threads).Select(thread => bench.Workspace.Write("tokens.txt", string.Join('\n', tokens.Where((_, i) => i % Threads == thread)))).ToArray();
        files.AddRange(each);
        script.AppendLine(CultureInfo.InvariantCulture, $$"""
            local files, nextline, line = { {{string.Join(", ", each.Select(file => $"'{file}'"))}} }, nil, nil
            function init(args) nextline = io.lines(files[id]); line = nextline() end
            function request()
              headers['Authorization'] = 'Bearer ' .. line
              local following = nextline()
              if following == nil then print('tokens used up'); nextline = io.lines(files[id]); following = nextline() end
              line = following
              return wrk.format(method, '{{ask.Path}}', headers, body)
            end
            """);
    }
}
