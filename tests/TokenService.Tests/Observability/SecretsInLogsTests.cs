using FrontDoor.TestKit;
using FrontDoor.TokenService.Keys;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.TokenService.Tests.Observability;

/// <summary>No log line, at whatever level, holds a password, a token or a key, not even cut.</summary>
public sealed class SecretsInLogsTests
{
    private const string WrongPassword = "hunter2 hunter2 hunter2";

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

        var lines = string.Join('\n', app.Logs.All);
        Assert.Contains("A superseded refresh token was presented", lines, StringComparison.Ordinal);
        foreach (var secret in Secrets(app, folder)) Assert.DoesNotContain(secret, lines, StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<string> Secrets(TokenServiceApp app, TestFolder folder)
    {
        yield return "eyJ"; // how every token begins
        yield return TokenServiceApp.Password[..12];
        yield return WrongPassword[..7];
        yield return File.ReadAllText(folder.File("data/encryption.key"))[..12];
        var key = ((ECDsaSecurityKey)app.Services.GetRequiredService<KeyRing>().Current.Key).ECDsa.ExportParameters(includePrivateParameters: true);
        yield return Base64UrlEncoder.Encode(key.D)[..12];
        yield return Convert.ToBase64String(key.D!)[..12];
        yield return Convert.ToHexString(key.D!)[..12];
    }
}
