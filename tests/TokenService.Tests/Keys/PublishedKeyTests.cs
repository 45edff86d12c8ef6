using System.Text.Json;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.TokenService.Tests.Keys;

public sealed class PublishedKeyTests(AppFixture service) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task PublishedSet_HasPublicMembersOnly()
    {
        var answer = (await service.Client.GetAsync("/.well-known/jwks.json")).Succeeded();
        var set = JsonElement.Parse(answer.Body);
        Assert.Equal(["keys"], set.EnumerateObject().Select(p => p.Name));
        var key = Assert.Single(set.GetProperty("keys").EnumerateArray());
        Assert.Equal(["alg", "crv", "kid", "kty", "use", "x", "y"], key.EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal(
            ("EC", "P-256", "sig", "ES256"),
            (key.GetProperty("kty").GetString(), key.GetProperty("crv").GetString(), key.GetProperty("use").GetString(), key.GetProperty("alg").GetString()));
        Assert.Equal("public, max-age=60", answer.Header("Cache-Control"));
        Assert.StartsWith("application/json", answer.Header("Content-Type"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kid_IsTheThumbprintOfTheKey()
    {
        var jwks = (await service.Client.GetAsync("/.well-known/jwks.json")).Body;
        var pair = await service.Client.ObtainAsync();
        var kid = JsonElement.Parse(Jwt.Read(pair.Access).Header).GetProperty("kid").GetString();
        Assert.Equal(PublicKey.Thumbprint(jwks), kid);
        Assert.Equal(kid, JsonElement.Parse(jwks).GetProperty("keys")[0].GetProperty("kid").GetString());
    }

    [Fact]
    public async Task Tokens_VerifyWithThePublishedKeyAlone()
    {
        using var key = PublicKey.Read((await service.Client.GetAsync("/.well-known/jwks.json")).Body);
        var pair = await service.Client.ObtainAsync();
        Assert.True(PublicKey.Verifies(pair.Access, key));
        Assert.True(PublicKey.Verifies(pair.Refresh, key));
        Assert.Equal(64, Jwt.Read(pair.Access).Signature.Length); // RFC 7518 section 3.4: R and S, not DER
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    public async Task Discovery_NamesTheConfiguredIssuerWhateverTheHost(string path)
    {
        var forged = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = "evil.example" } };
        forged.Headers.Add("X-Forwarded-Host", "evil.example");
        forged.Headers.Add("X-Forwarded-Proto", "https");
        forged.Headers.Add("Forwarded", "host=evil.example");
        var answer = (await service.Client.SendAsync(forged)).Succeeded();

        Assert.DoesNotContain("evil", answer.Body + string.Concat(answer.Headers.Values), StringComparison.Ordinal);
        var document = JsonElement.Parse(answer.Body);
        Assert.Equal("http://localhost:8080", document.GetProperty("issuer").GetString());
        Assert.Equal("http://localhost:8080/.well-known/jwks.json", document.GetProperty("jwks_uri").GetString());
        Assert.Equal("http://localhost:8080/oauth/token", document.GetProperty("token_endpoint").GetString());
        Assert.Equal("http://localhost:8080/oauth/revoke", document.GetProperty("revocation_endpoint").GetString());
        Assert.Equal("http://localhost:8080/oauth/introspect", document.GetProperty("introspection_endpoint").GetString());
        Assert.Equal(["client_credentials"], document.GetProperty("grant_types_supported").EnumerateArray().Select(v => v.GetString()));
        foreach (var endpoint in new[] { "token", "revocation", "introspection" })
            Assert.Equal(["client_secret_basic", "client_secret_post"], document.GetProperty($"{endpoint}_endpoint_auth_methods_supported").EnumerateArray().Select(v => v.GetString()));
        Assert.Equal(["ES256"], document.GetProperty("id_token_signing_alg_values_supported").EnumerateArray().Select(v => v.GetString()));
        Assert.Equal("public, max-age=60", answer.Header("Cache-Control"));
    }

    [Theory]
    [InlineData("/.well-known/jwks.json")]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    public async Task UnchangedDocument_IsNotSentAgain(string path)
    {
        var first = (await service.Client.GetAsync(path)).Succeeded();
        var tag = first.Header("ETag")!;
        Assert.Matches("^\"[A-Za-z0-9_-]{43}\"$", tag); // strong: no W/
        foreach (var known in new[] { tag, $"\"other\", {tag}", $"W/{tag}", "*" })
        {
            var again = await service.Client.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", known));
            again.Is(304, "");
            Assert.Equal((tag, "public, max-age=60"), (again.Header("ETag"), again.Header("Cache-Control")));
        }

        (await service.Client.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", "\"other\""))).Is(200, first.Body);
        var head = await service.Client.SendAsync(HttpMethod.Head, path, null);
        head.Is(200, "");
        Assert.Equal((tag, first.Header("Content-Length"), "application/json"), (head.Header("ETag"), head.Header("Content-Length"), head.Header("Content-Type")));
        Assert.Equal(405, (await service.Client.PostAsync(path, "{}")).Status);
    }

    [Fact]
    public async Task TwoServices_HaveKeysOfTheirOwn()
    {
        await using var other = TokenServiceApp.Start();
        using var client = new TokenClient(other.Address);
        var foreign = await client.ObtainAsync();
        using var key = PublicKey.Read((await service.Client.GetAsync("/.well-known/jwks.json")).Body);
        Assert.False(PublicKey.Verifies(foreign.Access, key));
        (await service.Client.VerifyAsync(foreign.Access)).Is(401, Reply.TokenNotValid("Token is invalid"));
    }
}
