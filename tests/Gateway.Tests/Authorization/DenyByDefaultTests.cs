using System.Net;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authorization;

public sealed class DenyByDefaultTests(SharedGateway gateway)
{
    [Fact]
    public async Task RouteWithoutPolicy_NeedsAToken()
    {
        using var without = await gateway.GetAsync("/api/bare/x");
        await ProblemAssert.NoCredentialsAsync(without);
        using var bad = await gateway.GetAsync("/api/bare/x", "Bearer bad");
        await ProblemAssert.TokenNotValidAsync(bad);
        gateway.NothingArrived("/api/bare/x");

        using var good = await gateway.GetAsync("/api/bare/y", $"Bearer {gateway.Issuer.Token()}");
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        gateway.Arrived("/api/bare/y");
    }

    [Fact]
    public async Task NoTrustedIssuerAtAll_ProtectedIsRefusedAndAnonymousServed()
    {
        using var folder = new TestFolder();
        folder.Write("appsettings.json", """
            {
              "Kestrel": { "Endpoints": { "Public": { "Url": "http://127.0.0.1:0" } } },
              "ReverseProxy": {
                "Routes": {
                  "open": { "ClusterId": "sample", "AuthorizationPolicy": "Anonymous", "Match": { "Path": "/open" } },
                  "default": { "ClusterId": "sample", "AuthorizationPolicy": "Default", "Match": { "Path": "/default" } },
                  "bare": { "ClusterId": "sample", "Match": { "Path": "/bare" } }
                },
                "Clusters": { "sample": {} }
              }
            }
            """);
        await using var app = await GatewayApp.StartOnAsync(folder, new Dictionary<string, string?>
        {
            ["ReverseProxy:Clusters:sample:Destinations:first:Address"] = gateway.Backend.Address.AbsoluteUri,
        });
        using var client = Client.For(app.Address);
        foreach (var path in new[] { "/default", "/bare" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {gateway.Issuer.Token()}");
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            await ProblemAssert.TokenNotValidAsync(answer);
            gateway.NothingArrived(path);
        }

        using var open = await client.GetAsync(new Uri("/open", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
    }
}
