using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using FrontDoor.Benchmarks.Load;
using FrontDoor.Benchmarks.Parties;

namespace FrontDoor.Benchmarks.Rows;

/// <summary>One kind of request, sent to several parties by wrk or h2load. Each party's answer is looked at before it is measured.</summary>
internal sealed class LoadRow(string name, string title, Party anchor, IReadOnlyList<(Party Party, Func<Bench, Ask> Ask)> entrants, params Budget[] budgets) : IRow
{
    public string Name => name;

    public string Title => title;

    /// <summary>Measured beside the parties, so that budgets can refer to it.</summary>
    public Entrant? Beside { get; init; }

    /// <summary>By h2load instead of wrk.</summary>
    public bool Http2 { get; init; }

    public IEnumerable<Tool> Needs => entrants.SelectMany(entrant => entrant.Party.Needs).Append(Load);

    private Tool Load => Http2 ? Tool.H2Load : Tool.Wrk;

    public async Task<RowResult> RunAsync(Bench bench)
    {
        var (ready, absent) = await Lineup.OfAsync(bench, name, entrants.Select(entrant => (entrant.Party, (Tool?)Load, entrant.Ask)), async (party, askOf, running) =>
        {
            var ask = askOf(bench);
            await LookAsync(bench, party, running, ask);
            var connections = ask.Lanes ?? bench.Effort.Connections;
            return new Entrant(party.Name, [.. running.Ids], Http2
                ? seconds => Task.FromResult(() => H2Load.RunAsync(bench, running, ask, connections, seconds))
                : seconds => Task.FromResult(Wrk.Prepare(bench, running, ask, connections, seconds)));
        });
        if (Beside is not null) ready.Add(Beside);
        return RowResult.Of(name, title, anchor.Name, [.. await TurnTaking.MeasureAsync(bench, name, ready), .. absent], budgets);
    }

    /// <summary>Nobody is measured who answers something else.</summary>
    private async Task LookAsync(Bench bench, Party party, Running running, Ask ask)
    {
        // A limit that is used up after the first requests: it answers those otherwise.
        for (var attempt = 0; ; attempt++)
        {
            using var request = new HttpRequestMessage(ask.Body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(ask.Secure || Http2 ? running.Secure! : running.Address, ask.Path));
            var token = ask.Token ?? ask.Tokens?[0] ?? (ask.FirstSeen is null ? null : bench.Workspace.Keys.Token());
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (ask.Gzip) request.Headers.AcceptEncoding.ParseAdd("gzip");
            if (Http2) (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
            if (ask.Body is not null) request.Content = new StringContent(ask.Body, Encoding.UTF8, "application/json");
            using var answer = await Http.Client.SendAsync(request);
            if ((int)answer.StatusCode == ask.Status)
            {
                if (ask.Gzip && !answer.Content.Headers.ContentEncoding.Contains("gzip")) throw new BenchmarkException($"{party.Name} did not pack {ask.Path}");
                if (ask is { Status: 200, Body: null, HasOwnAnswer: false }) await SameAsOthersAsync(bench, party, ask, answer.Content);
                return;
            }

            if (attempt == 2) throw new BenchmarkException($"{ask.Path} was answered {(int)answer.StatusCode}, not {ask.Status}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    private static async Task SameAsOthersAsync(Bench bench, Party party, Ask ask, HttpContent content)
    {
        var file = Path.Combine(bench.Workspace.Www, ask.Path[1..]);
        var expected = File.Exists(file) ? await File.ReadAllBytesAsync(file) : Encoding.UTF8.GetBytes(BackEnd.Body);
        await using var stream = await content.ReadAsStreamAsync();
        await using var plain = ask.Gzip ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        using var got = new MemoryStream();
        await plain.CopyToAsync(got);
        if (!got.ToArray().AsSpan().SequenceEqual(expected)) throw new BenchmarkException($"{party.Name} answered {ask.Path} with {got.Length} bytes that are not the {expected.Length} which all should send");
    }
}
