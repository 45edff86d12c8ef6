using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using FrontDoor.TestKit;

namespace FrontDoor.EndToEnd.Tests;

internal sealed record Pair(string Access, string Refresh);

/// <summary>The calls that a client of the front door makes.</summary>
internal sealed class Api(Uri gateway) : IDisposable
{
    private readonly HttpClient _http = Client.For(gateway);

    public async Task<Pair> SignInAsync(string userName, string password)
    {
        using var answer = await _http.PostAsJsonAsync("/api/token/", new { username = userName, password });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<Pair>())!;
    }

    public Task<HttpResponseMessage> RefreshAsync(string refresh) => _http.PostAsJsonAsync("/api/token/refresh/", new { refresh });

    public Task<HttpResponseMessage> BlacklistAsync(string refresh) => _http.PostAsJsonAsync("/api/token/blacklist/", new { refresh });

    public Task<HttpResponseMessage> VerifyAsync(string token) => _http.PostAsJsonAsync("/api/token/verify/", new { token });

    public Task<HttpResponseMessage> GetAsync(string path, string? access = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (access is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return _http.SendAsync(request);
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        using (answer) return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public void Dispose() => _http.Dispose();
}
