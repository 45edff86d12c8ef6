using FrontDoor.TestKit;
using Xunit;

[assembly: AssemblyFixture(typeof(FrontDoor.Gateway.Tests.Edge.ProxiedGateway))]

namespace FrontDoor.Gateway.Tests.Edge;

/// <summary>Two gateways that trust this machine and 10.0.0.0/8 as their proxies: one reads X-Forwarded-*, the other Forwarded (and sends it on).</summary>
public sealed class ProxiedGateway : IAsyncLifetime
{
    private FakeIssuer _issuer = null!;

    public TestServer Backend { get; private set; } = null!;

    public GatewayApp ReadsXForwarded { get; private set; } = null!;

    public GatewayApp ReadsForwarded { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        Backend = await TestServer.StartAsync(context =>
        {
            context.Response.Headers["X-Request-Id"] = "of-the-back-end";
            return Task.CompletedTask;
        });
        var settings = new Dictionary<string, string?>
        {
            ["AllowedHosts"] = "localhost;127.0.0.1;shop.example;*.shop.example",
            ["Edge:TrustedProxies:0"] = "127.0.0.1",
            ["Edge:TrustedProxies:1"] = "10.0.0.0/8",
            ["Edge:TrustedProxies:2"] = "2001:db8:aaaa::/48",
            ["RateLimits:sign-in:Permits"] = "2",
        };
        ReadsXForwarded = await GatewayApp.StartAsync(_issuer.Trust, Backend.Address, settings);
        ReadsForwarded = await GatewayApp.StartAsync(
            _issuer.Trust, Backend.Address, new Dictionary<string, string?>(settings) { ["Edge:ProxyFields"] = "Forwarded", ["Edge:SendForwarded"] = "true" });
    }

    /// <summary>Sends these fields, each line one field, on an anonymous route.</summary>
    /// <returns>The answer, and what the back end received, if anything.</returns>
    public async Task<(string Answer, ReceivedRequest? Arrived)> SendAsync(GatewayApp gateway, params string[] fields)
    {
        var path = SharedGateway.AnonymousPath();
        var answer = await RawHttp.RequestAsync(gateway.Address, "GET", path, fields);
        return (answer, Backend.Received.SingleOrDefault(r => r.Target == path));
    }

    public async ValueTask DisposeAsync()
    {
        await ReadsXForwarded.DisposeAsync();
        await ReadsForwarded.DisposeAsync();
        await Backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }
}
