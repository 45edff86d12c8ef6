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

    public async Task<RowResult> RunAsync(Bench bench)
    {
        var missing = new List<PartyResult>();
        var ready = new List<Entrant>();
        foreach (var (party, askOf) in entrants)
        {
            var ask = askOf(bench);
            Tool[] lacking = [.. party.Needs.Append(ask.Http2 ? Tool.H2Load : Tool.Wrk).Where(tool => !tool.Present)];
            if (lacking.Length > 0)
            {
                missing.Add(new PartyResult(party.Name, [], $"needs: apt-get install {string.Join(' ', lacking.Select(tool => tool.Package).Distinct())}"));
                continue;
            }

            var running = await bench.StartAsync(party);
            await LookAsync(bench, party, running, ask);
            ready.Add(new Entrant(party, running, seconds => ask.Http2
                ? H2Load.RunAsync(bench, running, ask, bench.Effort.Connections, seconds)
                : Wrk.RunAsync(bench, running, ask, ask.Lanes ?? bench.Effort.Connections, seconds)));
        }

        var results = await TurnTaking.MeasureAsync(bench, name, ready);
        return RowResult.Of(name, title, anchor.Name, [.. results, .. missing], budgets);
    }

    /// <summary>Nobody is measured who answers something else.</summary>
    private static async Task LookAsync(Bench bench, Party party, Running running, Ask ask)
    {
        // A limit that is used up after the first request: it answers that one otherwise.
        for (var attempt = 0; ; attempt++)
        {
            using var request = new HttpRequestMessage(ask.Body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(ask.Secure || ask.Http2 ? running.Secure! : running.Address, ask.Path));
            var token = ask.Token ?? ask.Tokens?[0] ?? (ask.FirstSeen is null ? null : bench.Workspace.Keys.Token());
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (ask.Gzip) request.Headers.AcceptEncoding.ParseAdd("gzip");
            if (ask.Http2) (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
            if (ask.Body is not null) request.Content = new StringContent(ask.Body, Encoding.UTF8, "application/json");
            using var answer = await Http.Client.SendAsync(request);
            if ((int)answer.StatusCode == ask.Status)
            {
                if (ask.Gzip && !answer.Content.Headers.ContentEncoding.Contains("gzip")) throw new BenchmarkException($"{party.Name} did not pack {ask.Path}");
                return;
            }

            if (attempt == 1) throw new BenchmarkException($"{party.Name} answered {ask.Path} with {(int)answer.StatusCode}, not {ask.Status}: {await answer.Content.ReadAsStringAsync()}");
        }
    }
}
