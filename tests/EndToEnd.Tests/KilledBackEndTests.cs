using System.Net;
using System.Net.Http.Headers;
using FrontDoor.SampleBackend;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.EndToEnd.Tests;

/// <summary>A cluster of two processes, of which one is killed while clients call.</summary>
public sealed class KilledBackEndTests
{
    private const int Clients = 6;
    private const int CallsEach = 150;

    [Fact]
    public async Task OneOfTwoKilledUnderLoad_FailsNoGetAndSendsNoPostTwice()
    {
        var port = FreePort.Take();
        var mortal = ChildProcess.Start("dotnet", [typeof(SampleBackendMarker).Assembly.Location], Path.Combine(Repository.Root, "sample-backend"), new Dictionary<string, string> { ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}" });
        await using var first = mortal;
        await using var relay = new RecordingRelay(port);
        var otherPort = FreePort.Take();
        await using var survivor = ChildProcess.Start("dotnet", [typeof(SampleBackendMarker).Assembly.Location], Path.Combine(Repository.Root, "sample-backend"), new Dictionary<string, string> { ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{otherPort}" });
        await using var otherRelay = new RecordingRelay(otherPort);
        foreach (var (process, at) in new[] { (mortal, port), (survivor, otherPort) })
            await Until.TrueAsync(() => AnswersAsync(at), () => $"the back end answers: {process.Output}");

        await using var processes = await ThreeProcesses.StartAsync(gateway: new()
        {
            ["ReverseProxy__Clusters__sample__Destinations__first__Address"] = relay.Address.AbsoluteUri,
            ["ReverseProxy__Clusters__sample__Destinations__second__Address"] = otherRelay.Address.AbsoluteUri,
        });
        using var api = new Api(processes.Gateway);
        var access = (await api.SignInAsync("alice", ThreeProcesses.Password)).Access;

        var halfway = new CountdownEvent(Clients);
        var loads = Enumerable.Range(0, Clients).Select(client => Task.Run(() => LoadAsync(processes.Gateway, access, client, halfway))).ToArray();
        await Task.Run(() => halfway.Wait(Until.Patience, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        await mortal.SignalAsync("KILL");

        var faults = (await Task.WhenAll(loads)).SelectMany(f => f).ToArray();
        Assert.Empty(faults);
        string[] posts = [.. relay.Posts, .. otherRelay.Posts];
        Assert.NotEmpty(relay.Posts);
        Assert.Empty(posts.GroupBy(p => p).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    /// <summary>Every third call is a POST, so that turns by two bring them to both; it may fail but only once. The kill falls into the second half of the calls.</summary>
    private static async Task<List<string>> LoadAsync(Uri gateway, string access, int client, CountdownEvent halfway)
    {
        using var http = Client.For(gateway);
        var faults = new List<string>();
        for (var i = 0; i < CallsEach; i++)
        {
            if (i == CallsEach / 3) halfway.Signal();
            var post = i % 3 == 0;
            using var request = new HttpRequestMessage(post ? HttpMethod.Post : HttpMethod.Get, $"/api/echo/{client}-{i}") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", access) } };
            if (post) request.Content = new StringContent("{}");
            using var answer = await http.SendAsync(request);
            if (answer.StatusCode != HttpStatusCode.OK && !(post && answer.StatusCode == HttpStatusCode.BadGateway)) faults.Add($"{request.Method} {client}-{i}: {(int)answer.StatusCode}");
        }

        return faults;
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        using var http = Client.For(new Uri($"http://127.0.0.1:{port}"));
        try
        {
            using var answer = await http.GetAsync(new Uri("/api/public/echo/x", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
