using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FrontDoor.TokenService.Clients;
using FrontDoor.TokenService.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Clients;

/// <summary>A registered client as a test uses it.</summary>
internal sealed record OAuthClient(TestStore Store, string Id, string Secret)
{
    /// <summary>Registers a client of the test's own.</summary>
    public static async Task<OAuthClient> AddAsync(TestStore store, string scopes = "orders:read orders:write", string? id = null, string? audience = null, string? secret = null)
    {
        id ??= "c-" + Guid.NewGuid().ToString("N");
        (_, secret) = await AdministerAsync(store, clients =>
            clients.AddAsync(id, null, scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries), audience, secret, CancellationToken.None));
        return new OAuthClient(store, id, secret);
    }

    public static async Task<T> AdministerAsync<T>(TestStore store, Func<ClientAdministration, Task<T>> act)
    {
        await using var scope = store.App.Services.CreateAsyncScope();
        return await act(scope.ServiceProvider.GetRequiredService<ClientAdministration>());
    }

    public async Task RemoveAsync() => Assert.True(await AdministerAsync(Store, clients => clients.RemoveAsync(Id, CancellationToken.None)));

    public async Task<OAuthClient> RotateAsync(bool now = false) =>
        this with { Secret = (await AdministerAsync(Store, clients => clients.RotateSecretAsync(Id, now, CancellationToken.None)))!.Secret };

    public Task<Reply> TokenAsync(string? scope = null) =>
        scope is null ? PostAsync("/oauth/token", ("grant_type", "client_credentials")) : PostAsync("/oauth/token", ("grant_type", "client_credentials"), ("scope", scope));

    /// <returns>The token's text.</returns>
    public async Task<string> AccessAsync() => JsonElement.Parse((await TokenAsync()).Succeeded().Body).GetProperty("access_token").GetString()!;

    public Task<Reply> RevokeAsync(string token) => PostAsync("/oauth/revoke", ("token", token));

    public Task<Reply> IntrospectAsync(string token) => PostAsync("/oauth/introspect", ("token", token));

    public async Task<bool> IsActiveAsync(string token)
    {
        var answer = await IntrospectAsync(token);
        if (JsonElement.Parse(answer.Succeeded().Body).GetProperty("active").GetBoolean()) return true;
        answer.Is(200, """{"active":false}""");
        return false;
    }

    /// <summary>Authenticated by HTTP Basic, both parts encoded as RFC 6749 section 2.3.1 says.</summary>
    public Task<Reply> PostAsync(string path, params (string Name, string Value)[] parameters) =>
        Store.Client.PostAsync(path, Form(parameters), Basic($"{Encode(Id)}:{Encode(Secret)}"));

    public static FormUrlEncodedContent Form(params (string Name, string Value)[] parameters) => new(parameters.Select(p => KeyValuePair.Create(p.Name, p.Value)));

    public static AuthenticationHeaderValue Basic(string pair) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));

    // By the rules of application/x-www-form-urlencoded: a space is a plus.
    public static string Encode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
