using System.Net;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authorization;

/// <summary>yarp#2952: a token on an anonymous route is nobody's business.</summary>
public sealed class AnonymousRouteTests : IAsyncLifetime
{
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync();
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address);
        await Until.TrueAsync(() => _gateway.Logs.All.Any(l => l.Contains("Signing keys of", StringComparison.Ordinal)), "the first fetch of keys");
    }

    [Fact]
    public async Task AnyAuthorizationField_PassesUnjudged()
    {
        string[] fields =
        [
            "Bearer", "Bearer bad", "Bearer a b c", "Basic xyz", "Bearer " + _issuer.Token(c => c["exp"] = 1), "Bearer " + _issuer.Token(header: h => h["kid"] = "unknown"),
            "Bearer " + _issuer.Token(),
        ];
        using var client = Client.For(_gateway.Address);
        foreach (var field in fields)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/public/echo/x");
            request.Headers.TryAddWithoutValidation("Authorization", field);
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(fields.Length, _backend.Received.Count);
        Assert.All(_backend.Received, r => Assert.DoesNotContain(r.Headers.Keys, h => h.StartsWith("X-Forwarded-User", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(1, _issuer.Fetches);
        Assert.DoesNotContain(_gateway.Logs.All, l => l.StartsWith("Warning", StringComparison.Ordinal) || l.StartsWith("Error", StringComparison.Ordinal));
        Assert.DoesNotContain(_gateway.Logs.All, l => l.Contains("token_", StringComparison.Ordinal) || l.Contains("IDX", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }
}
