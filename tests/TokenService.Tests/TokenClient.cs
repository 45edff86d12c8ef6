using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.TokenService.Tests;

/// <summary>A client of the simplejwt contract.</summary>
public sealed class TokenClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = Client.For(address);

    public Task<Reply> ObtainAsync(string username = "alice", string password = TokenServiceApp.Password) =>
        PostAsync("/api/token/", JsonContent.Create(new { username, password }));

    public Task<Reply> RefreshAsync(string refresh) => PostAsync("/api/token/refresh/", JsonContent.Create(new { refresh }));

    /// <summary>Signs in by user name and asks for these scopes.</summary>
    public Task<Reply> ObtainScopedAsync(string username, string scope) =>
        PostAsync("/api/token/", JsonContent.Create(new { username, password = TokenServiceApp.Password, scope }));

    public Task<Reply> RefreshScopedAsync(string refresh, string scope) => PostAsync("/api/token/refresh/", JsonContent.Create(new { refresh, scope }));

    public Task<Reply> VerifyAsync(string token) => PostAsync("/api/token/verify/", JsonContent.Create(new { token }));

    public Task<Reply> BlacklistAsync(string refresh) => PostAsync("/api/token/blacklist/", JsonContent.Create(new { refresh }));

    /// <summary>All at once; the answers in no particular order.</summary>
    public Task<Reply[]> RefreshManyAsync(string refresh, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => RefreshAsync(refresh)));

    /// <summary>Sends the body as it is.</summary>
    public Task<Reply> PostAsync(string path, string body, string? contentType = "application/json") =>
        PostAsync(path, Encoding.UTF8.GetBytes(body), contentType);

    /// <summary>Sends the bytes as they are; no Content-Type where null.</summary>
    public Task<Reply> PostAsync(string path, byte[] body, string? contentType = "application/json")
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null) content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return PostAsync(path, content);
    }

    public Task<Reply> PostAsync(string path, HttpContent? content, AuthenticationHeaderValue? authorization = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content, Headers = { Authorization = authorization } };
        // A server that refuses a large body closes while it is still being written, and the answer is lost with the connection now and then.
        if (content?.Headers.ContentLength > 128 * 1024) request.Headers.ExpectContinue = true;
        return SendAsync(request);
    }

    public Task<Reply> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>With an access token, where there is one.</summary>
    public Task<Reply> SendAsync(HttpMethod method, string path, string? access, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        if (access is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {access}");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return SendAsync(request);
    }

    public async Task<Reply> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            // With a Content-Length, as simple servers and most clients have it; chunks are tested by hand.
            if (request.Content is not null) await request.Content.LoadIntoBufferAsync(TestContext.Current.CancellationToken);
            using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
            return await Reply.ReadAsync(answer);
        }
    }

    public void Dispose() => _http.Dispose();
}
