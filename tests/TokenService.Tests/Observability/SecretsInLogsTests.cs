using FrontDoor.TestKit;
using FrontDoor.TokenService.Clients;
using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.Tests.Administration;
using FrontDoor.TokenService.Tests.Clients;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.TokenService.Tests.Observability;

/// <summary>No log line, at whatever level, holds a password, a token or a key, not even cut.</summary>
public sealed class SecretsInLogsTests
{
    private const string WrongPassword = "hunter2 hunter2 hunter2";
    private const string ClientSecret = "a client's secret of forty characters ...";

    [Theory]
    [InlineData("Information")]
    [InlineData("Trace")]
    public async Task WholeLifeOfASession_LogsNoSecret(string level)
    {
        using var folder = new TestFolder();
        await using var app = TokenServiceApp.Start(
            new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = level,
                ["Logging:LogLevel:Microsoft.AspNetCore"] = level,
                ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = level,
                ["RefreshTokens:Grace"] = "00:00:00",
                ["Clients:Seed:billing:SecretFile"] = folder.Write("client-secret", ClientSecret),
            },
            folder);
        using var client = new TokenClient(app.Address);

        await client.ObtainAsync("alice", WrongPassword);
        await client.ObtainAsync("nobody", WrongPassword);
        var pair = await client.ObtainAsync();
        var next = await client.RefreshAsync(pair.Refresh);
        await client.VerifyAsync(next.Access);
        await client.RefreshAsync(next.Access);
        await client.RefreshAsync(pair.Refresh); // reuse
        await client.BlacklistAsync((await client.ObtainAsync()).Refresh);
        await client.PostAsync("/api/token/", $$"""{"username":"alice","password":"{{WrongPassword}}" """);
        await client.PostAsync("/api/token/", $$"""["{{WrongPassword}}"]""");
        await client.PostAsync("/api/token/", WrongPassword, "text/plain");
        await client.PostAsync("/api/token/refresh/", Jwt.Read(pair.Refresh).With(signature: new byte[64]));

        var right = OAuthClient.Basic("billing:" + ClientSecret);
        (await client.PostAsync("/oauth/token", OAuthClient.Form(("grant_type", "client_credentials")), right)).Succeeded();
        await client.PostAsync("/oauth/token", OAuthClient.Form(("client_id", ClientSecret), ("client_secret", WrongPassword)));
        await client.PostAsync("/oauth/token", OAuthClient.Form(("scope", ClientSecret)), OAuthClient.Basic("billing:" + WrongPassword));
        await client.PostAsync("/oauth/introspect", OAuthClient.Form(("token", next.Access)), right);
        await client.PostAsync("/oauth/revoke", OAuthClient.Form(("token", next.Refresh)), right);

        var admin = await AdminClient.SignInAsync(client);
        Assert.Equal(201, (await admin.PostAsync("/clients", new { id = "shipping" })).Status);
        (await admin.PostAsync("/clients/shipping/rotate-secret")).Succeeded();

        var lines = string.Join('\n', app.Logs.All);
        Assert.Contains("A superseded refresh token was presented", lines, StringComparison.Ordinal);
        foreach (var secret in Secrets(app, folder)) Assert.DoesNotContain(secret, lines, StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<string> Secrets(TokenServiceApp app, TestFolder folder)
    {
        yield return "eyJ"; // how every token begins
        yield return TokenServiceApp.Password[..12];
        yield return WrongPassword[..7];
        yield return ClientSecret[..12];
        yield return ClientSecrets.Prefix;
        yield return OAuthClient.Basic("billing:" + ClientSecret).Parameter![..20];
        yield return File.ReadAllText(folder.File("data/encryption.key"))[..12];
        var key = ((ECDsaSecurityKey)app.Services.GetRequiredService<KeyRing>().Current.Key).ECDsa.ExportParameters(includePrivateParameters: true);
        yield return Base64UrlEncoder.Encode(key.D)[..12];
        yield return Convert.ToBase64String(key.D!)[..12];
        yield return Convert.ToHexString(key.D!)[..12];
    }
}
