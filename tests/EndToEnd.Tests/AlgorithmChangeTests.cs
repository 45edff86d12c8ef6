using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FrontDoor.TestKit;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.EndToEnd.Tests;

/// <summary>
/// Two token services on one database disagree about the algorithm, as in a roll-out that is not finished: keys go from ES256 to HS256 and back, again and again,
/// while clients sign in, call and refresh.
/// </summary>
public sealed class AlgorithmChangeTests : IAsyncLifetime
{
    private const int Clients = 3;

    private readonly TestFolder _folder = new();
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;
    private TokenServiceApp[] _nodes = [];

    public async ValueTask InitializeAsync()
    {
        _backend = await TestServer.StartAsync();
        var secrets = _folder.WriteSecrets("secrets.json", "secret-1:HS256");
        _nodes = [.. new[] { "ES256", "HS256" }.Select(algorithm => TokenServiceApp.Start(
            new Dictionary<string, string?>
            {
                ["Keys:Algorithm"] = algorithm,
                ["Keys:SecretFile"] = secrets,
                ["Keys:PollInterval"] = "00:00:00.2",
                ["Keys:PublishAhead"] = "00:00:03",
            },
            _folder))];
        _gateway = await GatewayApp.StartAsync(("http://localhost:8080", _nodes[0].Address), _backend.Address, new Dictionary<string, string?>
        {
            ["Issuers:token-service:SecretFile"] = secrets,
            ["Issuers:token-service:KeyRefresh"] = "00:00:01",
            ["Issuers:token-service:UnknownKeyInterval"] = "00:00:01",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        foreach (var node in _nodes) await node.DisposeAsync();
        await _backend.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task ChangeToSecretsAndBackUnderLoad_RefusesNobodyAndPublishesNoSecret()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var faults = await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => LoadAsync(i, patience.Token)));
        Assert.Empty(faults.SelectMany(f => f));
    }

    /// <summary>Goes on until it has seen ES256, HS256 and ES256 again.</summary>
    private async Task<IReadOnlyCollection<string>> LoadAsync(int start, CancellationToken patience)
    {
        using var gateway = Client.For(_gateway.Address);
        HttpClient[] nodes = [.. _nodes.Select(node => Client.For(node.Address))];
        var (algorithms, faults) = (new List<string>(), new List<string>());
        for (var i = start; algorithms.Count < 3 && faults.Count == 0; i++)
        {
            var pair = await PostAsync(nodes[i % 2], "/api/token/", new { username = "alice", password = TokenServiceApp.Password }, faults, patience);
            for (var step = 0; step < 5 && faults.Count == 0; step++)
            {
                var access = pair.GetProperty("access").GetString()!;
                var algorithm = JsonElement.Parse(Base64UrlEncoder.Decode(access.Split('.')[0])).GetProperty("alg").GetString()!;
                if (algorithms.Count == 0 || algorithms[^1] != algorithm) algorithms.Add(algorithm);

                using var request = new HttpRequestMessage(HttpMethod.Get, "/api/echo/x") { Headers = { Authorization = new("Bearer", access) } };
                using var call = await gateway.SendAsync(request, patience);
                if (call.StatusCode != HttpStatusCode.OK) faults.Add($"call with {algorithm}: {(int)call.StatusCode} {await call.Content.ReadAsStringAsync(patience)}");
                await PostAsync(nodes[(i + step) % 2], "/api/token/verify/", new { token = access }, faults, patience);
                pair = await PostAsync(nodes[(i + step + 1) % 2], "/api/token/refresh/", new { refresh = pair.GetProperty("refresh").GetString() }, faults, patience);
            }

            var published = await nodes[i % 2].GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative), patience);
            if (published.Contains("oct", StringComparison.Ordinal)) faults.Add(published);
        }

        foreach (var node in nodes) node.Dispose();
        return faults;
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, object body, List<string> faults, CancellationToken patience)
    {
        using var answer = await http.PostAsJsonAsync(path, body, patience);
        if (answer.StatusCode != HttpStatusCode.OK) faults.Add($"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(patience)}");
        return answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadFromJsonAsync<JsonElement>(patience) : default;
    }
}
