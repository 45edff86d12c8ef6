using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Tests.Users;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Django;

/// <summary>The real simplejwt and our service, with the same users; each makes its own tokens of the same kinds.</summary>
public sealed class SideBySide : IAsyncLifetime
{
    private TokenServiceApp _app = null!;
    private TokenClient _ours = null!;
    private DjangoSite _django = null!;

    public TokenClient Ours => _ours;

    public TokenClient Theirs => _django.Client;

    public async ValueTask InitializeAsync()
    {
        _django = await DjangoSite.StartAsync("issuer", TokenServiceApp.Password);
        var settings = new Dictionary<string, string?> { ["SlidingTokens:Enabled"] = "true" };
        _app = TokenServiceApp.Start(settings, services: new FastHasher().Replace);
        _ours = new TokenClient(_app.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _ours?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        _django?.Dispose();
    }

    /// <param name="kind">What stands between braces in a body.</param>
    public async Task<string> TokenAsync(TokenClient client, string kind)
    {
        if (kind is "sliding")
        {
            var answer = await client.PostAsync("/api/token/sliding/", JsonSerializer.Serialize(new { username = "alice", password = TokenServiceApp.Password }));
            return JsonElement.Parse(answer.Succeeded().Body).GetProperty("token").GetString()!;
        }

        var pair = await client.ObtainAsync();
        switch (kind)
        {
            case "refresh":
                return pair.Refresh;
            case "access":
                return pair.Access;
            case "tampered":
                return Jwt.Read(pair.Refresh).With(signature: new byte[64]);
            case "unsigned":
                return Jwt.Read(pair.Refresh).With(header: """{"alg":"none","typ":"JWT"}""", signature: []);
            case "used":
                await client.RefreshAsync(pair.Refresh);
                return pair.Refresh;
            case "ended":
                (await client.BlacklistAsync(pair.Refresh)).Succeeded();
                return pair.Refresh;
            case "access of ended":
                (await client.BlacklistAsync(pair.Refresh)).Succeeded();
                return pair.Access;
            default:
                return client == _ours ? Odd(kind, pair) : JsonElement.Parse((await client.GetAsync($"/odd/{kind}/")).Succeeded().Body).GetString()!;
        }
    }

    /// <summary>What <c>peer.py</c> makes in its own way.</summary>
    private string Odd(string kind, Reply pair)
    {
        var isAccess = kind == "expired-access";
        var claims = JsonElement.Parse(Jwt.Read(isAccess ? pair.Access : pair.Refresh).Payload).EnumerateObject().ToDictionary(c => c.Name, c => (object)c.Value);
        switch (kind)
        {
            case "expired" or "expired-access":
                claims["exp"] = Jwt.Read(pair.Access).Time("iat") - 60;
                break;
            default:
                Assert.True(claims.Remove(kind switch { "no-exp" => "exp", "no-jti" => "jti", "no-type" => "token_type", _ => kind }), kind);
                break;
        }

        return _app.Services.GetRequiredService<TokenSigner>().Sign(isAccess ? AccessTokenIssuer.Type : RefreshTokenIssuer.Type, claims);
    }
}
