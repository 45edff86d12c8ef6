using System.Net;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.EndToEnd.Tests;

/// <summary>A rotation of keys while clients sign in, call and refresh: nobody notices.</summary>
public sealed class KeyRotationTests
{
    private const int Clients = 3;
    private const int SignInsAfterwards = 5;
    private const int CallsPerSignIn = 20;

    [Fact]
    public async Task RotationUnderLoad_FailsNoRequest()
    {
        await using var processes = await ThreeProcesses.StartAsync(
            new() { ["Keys__PollInterval"] = "00:00:00.25", ["Keys__PublishAhead"] = "00:00:03", ["Users__HashIterations"] = "100000" },
            new() { ["Issuers__token-service__KeyRefresh"] = "00:00:01", ["RateLimits__sign-in__Permits"] = "100000" });
        // Every sign-in hashes, and on a busy machine each one waits a second for time that nobody else wants.
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var loads = Enumerable.Range(0, Clients).Select(_ => LoadAsync(processes.Gateway, patience.Token)).ToArray();
        await processes.CommandAsync("keys", "rotate");

        foreach (var (kids, faults) in await Task.WhenAll(loads))
        {
            Assert.Empty(faults);
            Assert.Equal(2, kids.Count);
        }
    }

    /// <summary>Signs in, calls and refreshes until the key has changed and for a while after.</summary>
    private static async Task<(IReadOnlyCollection<string> Kids, IReadOnlyCollection<string> Faults)> LoadAsync(Uri gateway, CancellationToken patience)
    {
        using var api = new Api(gateway);
        var (kids, faults) = (new HashSet<string>(), new List<string>());
        for (var afterwards = 0; afterwards < SignInsAfterwards; afterwards += kids.Count > 1 ? 1 : 0)
        {
            Assert.False(patience.IsCancellationRequested, "the key has not changed, or the load not ended, within 5 minutes");
            var pair = await api.SignInAsync("alice", ThreeProcesses.Password);
            for (var i = 0; i < CallsPerSignIn; i++)
            {
                kids.Add(JsonElement.Parse(Base64UrlEncoder.Decode(pair.Access.Split('.')[0])).GetProperty("kid").GetString()!);
                using var call = await api.GetAsync("/api/profile/", pair.Access);
                if (call.StatusCode != HttpStatusCode.OK) faults.Add($"call: {(int)call.StatusCode} {await call.Content.ReadAsStringAsync(patience)}");
                using var refreshed = await api.RefreshAsync(pair.Refresh);
                var body = await refreshed.Content.ReadAsStringAsync(patience);
                if (refreshed.StatusCode != HttpStatusCode.OK)
                {
                    faults.Add($"refresh: {(int)refreshed.StatusCode} {body}");
                    break;
                }

                var next = JsonElement.Parse(body);
                pair = new Pair(next.GetProperty("access").GetString()!, next.GetProperty("refresh").GetString()!);
            }
        }

        return (kids, faults);
    }
}
