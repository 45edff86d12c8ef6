using System.Net;
using System.Net.Http.Headers;
using System.Text;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.EndToEnd.Tests;

/// <summary>A service that signs in for itself, over HTTP and the command line, through three processes.</summary>
public sealed class ClientCredentialsTests
{
    [Fact]
    public async Task Client_CallsThroughTheGatewayUntilItIsRemoved()
    {
        await using var processes = await ThreeProcesses.StartAsync();
        var secret = await SecretAsync(processes, "billing");
        var otherSecret = await SecretAsync(processes, "shop");
        using var http = Client.For(processes.Gateway);
        using var api = new Api(processes.Gateway);

        var access = await TokenAsync(http, "billing", secret);
        var other = await TokenAsync(http, "shop", otherSecret);
        var headers = (await Api.JsonAsync(await api.GetAsync("/api/echo/hello", access))).GetProperty("headers");
        Assert.Equal(["billing", "billing", "orders:read"], new[] { "User", "Client", "Scopes" }.Select(name => headers.GetProperty("X-Forwarded-" + name)[0].GetString()));
        Assert.DoesNotContain(headers.EnumerateObject(), h => h.Name.Contains("role", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(api, "/api/admin/x", access));

        using (var revoked = await PostAsync(http, "/oauth/revoke", "shop", otherSecret, ("token", other))) Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        await Until.TrueAsync(async () => await StatusAsync(api, "/api/profile/", other) == HttpStatusCode.Unauthorized, "a revoked token is refused");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(api, "/api/profile/", access));

        await processes.CommandAsync("clients", "remove", "billing");
        await Until.TrueAsync(async () => await StatusAsync(api, "/api/profile/", access) == HttpStatusCode.Unauthorized, "the token of a removed client is refused");

        var again = await TokenAsync(http, "billing", await SecretAsync(processes, "billing"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(api, "/api/profile/", again));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(api, "/api/profile/", access));
    }

    private static async Task<string> SecretAsync(ThreeProcesses processes, string id)
    {
        var output = await processes.CommandAsync("clients", "add", id, "--scope", "orders:read");
        return output.Split('\n').Single(line => line.StartsWith("frontdoor_secret_", StringComparison.Ordinal)).Trim();
    }

    private static async Task<string> TokenAsync(HttpClient http, string id, string secret) =>
        (await Api.JsonAsync(await PostAsync(http, "/oauth/token", id, secret, ("grant_type", "client_credentials")))).GetProperty("access_token").GetString()!;

    private static Task<HttpResponseMessage> PostAsync(HttpClient http, string path, string id, string secret, (string Name, string Value) parameter) =>
        http.SendAsync(new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create(parameter.Name, parameter.Value)]),
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{id}:{secret}"))) },
        });

    private static async Task<HttpStatusCode> StatusAsync(Api api, string path, string access)
    {
        using var answer = await api.GetAsync(path, access);
        return answer.StatusCode;
    }
}
