using System.Net.Http.Json;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using FrontDoor.TestKit;
using FrontDoor.TokenService.RefreshTokens;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;

namespace FrontDoor.Benchmarks.Micro;

/// <summary>One rotation after the other in SQLite, each committed to disk; 32 beside each other share commits.</summary>
[Config(typeof(MicroConfig))]
public class SessionBenchmarks
{
    private const int Together = 32;
    private TokenServiceApp _service = null!;
    private IServiceScope _scope = null!;
    private SessionStore _store = null!;
    private List<(string Id, long Counter)> _sessions = null!;

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _service = TokenServiceApp.Start();
        _scope = _service.Services.CreateScope();
        _store = _scope.ServiceProvider.GetRequiredService<SessionStore>();
        _sessions = [];
        using var client = new HttpClient { BaseAddress = _service.Address };
        for (var i = 0; i < Together; i++)
        {
            using var answer = await client.PostAsJsonAsync("/api/token/", new { username = "alice", password = TokenServiceApp.Password });
            var refresh = new JsonWebToken((await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("refresh").GetString());
            _sessions.Add((refresh.GetClaim("sid").Value, 0));
        }
    }

    [GlobalCleanup]
    public async Task TearDownAsync()
    {
        _scope.Dispose();
        await _service.DisposeAsync();
    }

    [Benchmark(Description = "session rotation, alone")]
    public Task RotateAsync() => RotateAsync(0);

    [Benchmark(Description = "session rotation, 32 at once", OperationsPerInvoke = Together)]
    public Task RotateTogetherAsync() => Task.WhenAll(Enumerable.Range(0, Together).Select(RotateAsync));

    private async Task RotateAsync(int index)
    {
        var (id, counter) = _sessions[index];
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var rotated = await _store.RotateAsync(id, counter, now, now + 86_400_000, CancellationToken.None) ?? throw new BenchmarkException("a rotation lost its swap");
        _sessions[index] = (id, rotated.Counter);
    }
}
