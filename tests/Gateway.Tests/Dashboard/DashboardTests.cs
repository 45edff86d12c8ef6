using System.Net;
using System.Text.Json;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Dashboard;

public sealed class DashboardTests(SharedGateway gateway)
{
    [Fact]
    public async Task Status_TellsWhatTheGatewayDoes()
    {
        using (var request = new HttpRequestMessage(HttpMethod.Get, SharedGateway.ProtectedPath()) { Headers = { Authorization = new("Bearer", gateway.Issuer.Token()) } })
        using (await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken))
        {
        }

        JsonElement status = default;
        // Counted when the answer is already here.
        for (var i = 0; i < 200 && (i == 0 || Named(status, "routes", "id", "echo").GetProperty("answered").GetInt64() == 0); i++) status = await StatusAsync();

        var route = Named(status, "routes", "id", "echo");
        Assert.True(route.GetProperty("answered").GetInt64() > 0);
        Assert.Equal(("/api/echo/{**rest}", "Default", "sample"), (Text(route, "path"), Text(route, "policy"), Text(route, "cluster")));
        Assert.Equal("admin", Text(Named(status, "routes", "id", "admin"), "policy"));
        Assert.Equal(["sign-in"], Named(status, "routes", "id", "sign-in").GetProperty("limits").EnumerateArray().Select(l => l.GetString()));

        var cluster = Named(status, "clusters", "id", "sample");
        Assert.Equal("RoundRobin", Text(cluster, "balancing"));
        Assert.Equal(["first", "second"], cluster.GetProperty("destinations").EnumerateArray().Select(d => Text(d, "id")));

        var key = Assert.Single(Named(status, "issuers", "name", FakeIssuer.Name).GetProperty("keys").EnumerateArray());
        Assert.Equal((gateway.Issuer.Kid, "ES256"), (Text(key, "kid"), Text(key, "algorithm")));
        Assert.NotEqual(JsonValueKind.Null, key.GetProperty("since").ValueKind);
        Assert.True(status.GetProperty("tokens").GetProperty("misses").GetInt64() > 0);
        Assert.True(status.GetProperty("gateway").GetProperty("generation").GetInt32() > 0);
        Assert.Contains(status.GetProperty("checks").EnumerateArray(), c => Text(c, "name") == "configuration");
        Assert.Contains(status.GetProperty("sites").EnumerateArray(), s => Text(s, "name") == "web");
    }

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/dashboard.css", "text/css")]
    [InlineData("/dashboard.js", "text/javascript")]
    [InlineData("/api/status", "application/json")]
    public async Task Page_LoadsNothingFromElsewhere(string path, string type)
    {
        using var client = Client.For(gateway.App.ManagementAddress);
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.StartsWith("default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (path != "/api/status") Assert.DoesNotMatch("""(src|href)="(https?:)?//|url\(|@import|innerHTML|eval\(""", text);
    }

    [Theory]
    [InlineData("/api/status")]
    [InlineData("/dashboard.js")]
    [InlineData("/metrics")]
    public async Task PublicListener_HasNoneOfIt(string path)
    {
        var answer = await RawHttp.SendAsync(
            gateway.Address, $"GET {path} HTTP/1.1\r\nHost: {gateway.App.ManagementAddress.Authority}\r\nConnection: close\r\n\r\n", TestContext.Current.CancellationToken);
        Assert.Equal(404, RawHttp.Status(answer));
    }

    [Fact]
    public async Task OtherMethods_AreNotAllowed_AndHeadHasNoBody()
    {
        var refused = await RawHttp.RequestAsync(gateway.App.ManagementAddress, "POST", "/api/status", "Content-Length: 0");
        Assert.Equal(405, RawHttp.Status(refused));
        Assert.Contains("Allow: GET, HEAD", refused, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", await RawHttp.RequestAsync(gateway.App.ManagementAddress, "HEAD", "/"), StringComparison.Ordinal);
    }

    private static JsonElement Named(JsonElement status, string list, string property, string value) =>
        status.GetProperty(list).EnumerateArray().Single(e => Text(e, property) == value);

    private static string? Text(JsonElement element, string property) => element.GetProperty(property).GetString();

    private async Task<JsonElement> StatusAsync()
    {
        using var client = Client.For(gateway.App.ManagementAddress);
        return JsonDocument.Parse(await client.GetStringAsync(new Uri("/api/status", UriKind.Relative), TestContext.Current.CancellationToken)).RootElement.Clone();
    }
}
