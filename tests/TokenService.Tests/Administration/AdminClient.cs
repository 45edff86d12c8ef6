using System.Net.Http.Json;
using System.Text.Json;

namespace FrontDoor.TokenService.Tests.Administration;

/// <summary>Speaks to the administration API with one access token, or none.</summary>
internal sealed class AdminClient(TokenClient client, string? access)
{
    public const string Path = "/api/auth/admin";

    public static async Task<AdminClient> SignInAsync(TokenClient client, string userName = "root") => new(client, (await client.ObtainAsync(userName)).Access);

    public Task<Reply> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Reply> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body);

    public Task<Reply> PutAsync(string path, object? body) => SendAsync(HttpMethod.Put, path, body);

    public Task<Reply> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, path, body);

    public Task<Reply> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public async Task<JsonElement> JsonAsync(string path) => JsonElement.Parse((await GetAsync(path)).Succeeded().Body);

    public Task<Reply> SendAsync(HttpMethod method, string path, object? body = null)
    {
        var request = new HttpRequestMessage(method, Path + path) { Content = body is null ? null : JsonContent.Create(body) };
        if (access is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {access}");
        return client.SendAsync(request);
    }
}
