using System.Net.Http.Headers;
using BenchmarkDotNet.Attributes;
using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Authorization;
using FrontDoor.Gateway.IdentityPropagation;

namespace FrontDoor.Benchmarks.Micro;

/// <summary>What a request with a warm token costs in the gateway's own stages.</summary>
[Config(typeof(MicroConfig))]
public class GatewayBenchmarks
{
    private const int Tokens = 5_000;

    private readonly string[] _tokens;
    private readonly string _unknown;
    private readonly ReadOnlyMemory<char> _repeated;
    private readonly TokenCache _cache = new(new TokenCacheOptions());
    private readonly ValidatedToken _token;
    private readonly PolicyRule _policy;
    private readonly PolicyRule _unmet;
    private readonly HttpRequestHeaders _headers = new HttpRequestMessage().Headers;
    private readonly IdentityMapping _mapping = new(new IdentityOptions().EffectiveHeaders);
    private int _next;

    public GatewayBenchmarks()
    {
        var keys = new TokenKeys(Path.GetTempPath());
        (_tokens, _unknown) = (keys.Tokens(Tokens), keys.Token());
        foreach (var token in _tokens) _cache.Add(token, Sample.Validated(token));
        _token = Sample.Validated(_tokens[0]);
        _repeated = $"Bearer {_tokens[0]}".AsMemory("Bearer ".Length);
        var policies = new PoliciesOptions
        {
            ["read"] = new() { Scopes = new() { All = ["orders:read"] } },
            ["admin"] = new() { Roles = new() { Any = ["admin"] } },
            ["both"] = new() { AllOf = ["read", "admin"] },
        };
        _policy = new PolicyRule(policies["both"], policies);
        _unmet = new PolicyRule(new() { Roles = new() { Any = ["auditor"] } }, policies);
    }

    [Benchmark(Description = "token cache: one that its connection repeats")]
    public object? FindRepeatedToken() => _cache.Find(_repeated);

    // Whole texts, as of a cookie: those are never known by their connection.
    [Benchmark(Description = "token cache: one of 5,000 found by its digest")]
    public object? FindToken() => _cache.Find(_tokens[_next = (_next + 1) % _tokens.Length].AsMemory());

    [Benchmark(Description = "token cache: one that is not there")]
    public object? MissToken() => _cache.Find(_unknown.AsMemory());

    [Benchmark(Description = "token cache: one added")]
    public void AddToken() => _cache.Add(_tokens[_next = (_next + 1) % _tokens.Length], _token);

    [Benchmark(Description = "a token's header and payload read, without its signature")]
    public object? ReadToken() => TokenShape.Read(_unknown);

    [Benchmark(Description = "policy: a scope and a role")]
    public bool Policy() => _policy.LetsIn(_token.Claims, "GET");

    [Benchmark(Description = "policy: a role that is missing")]
    public bool UnmetPolicy() => _unmet.LetsIn(_token.Claims, "GET");

    [Benchmark(Description = "identity headers of a known token, written into a request")]
    public void Stamp() => StampIdentity.Write(_headers, _mapping.Of(_token.Claims));

    [Benchmark(Description = "a new token read, its identity headers worked out and written")]
    public void StampNew() => StampIdentity.Write(_headers, _mapping.Of(Sample.Validated(_unknown).Claims));
}
