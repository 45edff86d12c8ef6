using BenchmarkDotNet.Attributes;
using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Authorization;
using FrontDoor.Gateway.IdentityPropagation;

namespace FrontDoor.Benchmarks.Micro;

/// <summary>What a request with a warm token costs in the gateway's own stages.</summary>
[Config(typeof(MicroConfig))]
public class GatewayBenchmarks
{
    private readonly string[] _tokens;
    private readonly TokenCache _cache = new(new TokenCacheOptions());
    private readonly ValidatedToken _token;
    private readonly PolicyRule _policy;
    private readonly IdentityMapping _mapping = new(new IdentityOptions().EffectiveHeaders);
    private int _next;

    public GatewayBenchmarks()
    {
        _tokens = new TokenKeys(Path.GetTempPath()).Tokens(1_000);
        foreach (var token in _tokens) _cache.Add(token, Sample.Validated(token));
        _token = Sample.Validated(_tokens[0]);
        var policies = new PoliciesOptions
        {
            ["read"] = new() { Scopes = new() { All = ["orders:read"] } },
            ["admin"] = new() { Roles = new() { Any = ["admin"] } },
            ["both"] = new() { AllOf = ["read", "admin"] },
        };
        _policy = new PolicyRule(policies["both"], policies);
    }

    [Benchmark(Description = "token cache: one of 1,000 found")]
    public object? FindToken() => _cache.Find(_tokens[_next = (_next + 1) % _tokens.Length]);

    [Benchmark(Description = "policy: a scope and a role")]
    public bool Policy() => _policy.LetsIn(_token.Claims, "GET");

    [Benchmark(Description = "identity headers of a known token")]
    public int Identity() => _mapping.Of(_token.Claims).Bytes;
}
