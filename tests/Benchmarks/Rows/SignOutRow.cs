using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using FrontDoor.Benchmarks.Load;
using FrontDoor.Benchmarks.Parties;

namespace FrontDoor.Benchmarks.Rows;

/// <summary>
/// From the answer to a sign-out to the gateway's first 401 for that session's access token, which was good a moment before: with nothing else to do, and beside
/// requests on all connections. The "latency" is that time.
/// </summary>
internal sealed class SignOutRow : IRow
{
    private const int SignOutsPerTurn = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Ask Load = new("/api/orders");

    public string Name => "sign-out";

    public string Title => "sign-out to the first refusal at the gateway (latency: ms)";

    public IEnumerable<Tool> Needs => [Tool.Nginx, Tool.Wrk];

    public async Task<RowResult> RunAsync(Bench bench)
    {
        Tool.Require(Needs);
        var feedKey = bench.Workspace.Write("feed-key", Workspace.NewPassword());
        File.SetUnixFileMode(feedKey, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var serviceParty = OurTokenService.WithFeed(feedKey);
        var service = await bench.StartAsync(serviceParty);
        var gateway = await bench.StartAsync(OurGateway.Following(serviceParty, feedKey));

        await TurnAsync(bench, service, gateway); // warms up
        var (alone, beside) = (new List<Sample>(), new List<Sample>());
        for (var round = 1; round <= bench.Effort.Rounds; round++)
        {
            alone.Add(await TurnAsync(bench, service, gateway));
            using var end = new CancellationTokenSource();
            var load = LoadAsync(bench, gateway, end.Token);
            try
            {
                beside.Add(await TurnAsync(bench, service, gateway));
            }
            finally
            {
                await end.CancelAsync();
                await load;
            }

            Bench.Say($"{Name}: round {round} of {bench.Effort.Rounds}: at most {alone[^1].P99:N1} ms alone, {beside[^1].P99:N1} ms beside requests");
        }

        PartyResult[] parties = [new("alone", alone), new("beside requests", beside)];
        return RowResult.Of(Name, Title, parties[0].Party, parties, parties.Select(party => new Budget(party.Party, Metric.P99, null, 1000)));
    }

    private static async Task<Sample> TurnAsync(Bench bench, Running service, Running gateway)
    {
        var lags = new List<double>();
        for (var i = 0; i < SignOutsPerTurn; i++)
        {
            var (access, refresh) = await SignInAsync(bench, service);
            if (await AskAsync(gateway, access) is not 200 and var status) throw new BenchmarkException($"a good token was answered {status}");
            await PostAsync(service, "/api/token/blacklist/", JsonSerializer.Serialize(new { refresh }));
            lags.Add(await UntilRefusedAsync(gateway, access));
        }

        lags.Sort();
        return new Sample(0, Statistics.Median(lags), lags[^1], 0, 0, 0);
    }

    private static async Task<double> UntilRefusedAsync(Running gateway, string access)
    {
        var start = Stopwatch.GetTimestamp();
        while (await AskAsync(gateway, access) is not 401 and var status)
        {
            if (status != 200) throw new BenchmarkException($"the token of an ended session was answered {status}");
            if (Stopwatch.GetElapsedTime(start) > Patience) throw new BenchmarkException($"the token of an ended session is still good after {Patience}");
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>Requests with a warm token of another issuer, until told to stop.</summary>
    private static async Task LoadAsync(Bench bench, Running gateway, CancellationToken end)
    {
        var ask = Load with { Token = bench.Workspace.Keys.Token() };
        while (!end.IsCancellationRequested) await Wrk.RunAsync(bench, gateway, ask, bench.Effort.Connections, seconds: 1);
    }

    private static async Task<(string Access, string Refresh)> SignInAsync(Bench bench, Running service)
    {
        var tokens = await PostAsync(service, "/api/token/", bench.SignIn.Body);
        return (tokens.GetProperty("access").GetString()!, tokens.GetProperty("refresh").GetString()!);
    }

    private static async Task<JsonElement> PostAsync(Running service, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await Http.Client.PostAsync(new Uri(service.Address, path), content);
        if (!answer.IsSuccessStatusCode) throw new BenchmarkException($"{path} was answered {(int)answer.StatusCode}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<int> AskAsync(Running gateway, string access)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Address, Load.Path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access);
        using var answer = await Http.Client.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
