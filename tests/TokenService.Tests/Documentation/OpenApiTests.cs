using System.Text.Json;
using FrontDoor.TestKit;
using Microsoft.OpenApi;
using Xunit;

namespace FrontDoor.TokenService.Tests.Documentation;

public sealed class OpenApiTests(AppFixture service) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Document_IsValid()
    {
        var (document, diagnostic) = OpenApiDocument.Parse(await TextAsync(), "json");
        Assert.Empty(diagnostic!.Errors);
        Assert.Empty(diagnostic.Warnings);
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, diagnostic.SpecificationVersion);
        Assert.Empty(document!.Validate(ValidationRuleSet.GetDefaultRuleSet()));
    }

    [Fact]
    public async Task EveryRoute_IsDescribed_AndNothingElse()
    {
        var described = service.App.Routes().Where(r => r.IsDescribed).SelectMany(r => r.Methods, (route, method) => $"{method} {route.Path}");
        Assert.Equal(described.Order(), (await OperationsAsync()).Select(o => o.Name).Order());
    }

    [Fact]
    public void OnlyTheseRoutes_AreLeftOut() => Assert.Equal(
        [
            "/api/password", "/api/token", "/api/token/blacklist", "/api/token/refresh", "/api/token/verify", // the refusals of other methods
            "/health/live", "/health/ready", "/openapi/{documentName}.json",
        ],
        service.App.Routes().Where(r => !r.IsDescribed && !r.Path.StartsWith("/docs", StringComparison.Ordinal)).Select(r => r.Path).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public async Task EveryOperation_HasASummaryAndSchemas()
    {
        foreach (var (name, operation) in await OperationsAsync())
        {
            Assert.True(operation.TryGetProperty("summary", out _), $"{name} has no summary");
            Assert.True(operation.TryGetProperty("tags", out _), $"{name} has no tag");
            var responses = operation.GetProperty("responses").EnumerateObject().ToArray();
            Assert.True(responses.Any(r => r.Name[0] == '2'), $"{name} has no success");
            foreach (var response in responses.Where(r => r.Name != "204" && $"{name} {r.Name}" is not ("GET /revocations/feed 404" or "POST /oauth/revoke 200")))
                Assert.True(response.Value.GetProperty("content").EnumerateObject().First().Value.TryGetProperty("schema", out _), $"{name} {response.Name} has no schema");
        }
    }

    [Fact]
    public async Task Fields_AreNamedAsOnTheWire()
    {
        var root = await RootAsync();
        var signIn = Body(root, "/api/token", "post");
        Assert.Equal(["username", "password"], signIn.GetProperty("required").EnumerateArray().Select(r => r.GetString()));
        Assert.Equal("boolean", signIn.GetProperty("properties").GetProperty("cookie").GetProperty("type").GetString());
        Assert.Equal(["old_password", "new_password"], Body(root, "/api/password", "post").GetProperty("properties").EnumerateObject().Select(p => p.Name));
        Assert.Equal(["refresh", "access"], Schema(root, "ObtainedPair").GetProperty("properties").EnumerateObject().Select(p => p.Name));
        Assert.Equal(["access", "refresh"], Schema(root, "RotatedPair").GetProperty("properties").EnumerateObject().Select(p => p.Name));
        Assert.Equal(["kty", "use", "alg", "kid"], Schema(root, "PublishedKey").GetProperty("required").EnumerateArray().Select(p => p.GetString()));
    }

    [Fact]
    public async Task WhatNeedsAnAccessToken_SaysSo()
    {
        var secured = await SecuredByAsync("bearer");
        Assert.All(secured, name => Assert.Matches("/api/(auth/admin|sessions|password)", name));
        Assert.All(service.App.Routes().Where(r => r.Path.StartsWith("/api/auth/admin", StringComparison.Ordinal)), r => Assert.Contains(secured, s => s.EndsWith(' ' + r.Path)));
        Assert.Equal("bearer", (await RootAsync()).GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("scheme").GetString());
    }

    [Fact]
    public async Task WhatNeedsAClient_SaysSo()
    {
        Assert.Equal(["POST /oauth/introspect", "POST /oauth/revoke", "POST /oauth/token"], (await SecuredByAsync("client")).Order());
        Assert.Equal("basic", (await RootAsync()).GetProperty("components").GetProperty("securitySchemes").GetProperty("client").GetProperty("scheme").GetString());
    }

    [Theory]
    [InlineData("/oauth/token", "grant_type", "scope", "ClientTokenAnswer")]
    [InlineData("/oauth/revoke", "token", "token_type_hint", null)]
    [InlineData("/oauth/introspect", "token", "token_type_hint", "Introspection")]
    public async Task OAuth_TakesAFormAloneAndRefusesInItsOwnWords(string path, string required, string optional, string? answer)
    {
        var root = await RootAsync();
        var operation = root.GetProperty("paths").GetProperty(path).GetProperty("post");
        Assert.Equal(["application/x-www-form-urlencoded"], operation.GetProperty("requestBody").GetProperty("content").EnumerateObject().Select(c => c.Name));
        var form = Body(root, path, "post", "application/x-www-form-urlencoded");
        Assert.Equal([required], form.GetProperty("required").EnumerateArray().Select(r => r.GetString()));
        Assert.Equal([required, optional, "client_id", "client_secret"], form.GetProperty("properties").EnumerateObject().Select(p => p.Name));

        var responses = operation.GetProperty("responses");
        Assert.Equal(["200", "400", "401", "413", "415", "429"], responses.EnumerateObject().Select(r => r.Name).Order());
        Assert.Equal(answer, responses.GetProperty("200").TryGetProperty("content", out var content) ? Reference(content) : null);
        foreach (var refusal in responses.EnumerateObject().Where(r => r.Name != "200")) Assert.Equal("OAuthError", Reference(refusal.Value.GetProperty("content")));
        Assert.Equal(["error", "error_description"], Schema(root, "OAuthError").GetProperty("properties").EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task SwitchedOff_ThereIsNothing()
    {
        await using var app = TokenServiceApp.Start(new Dictionary<string, string?> { ["Endpoints:ApiDocumentation"] = "false" });
        using var client = new TokenClient(app.Address);
        foreach (var path in new[] { "/openapi/v1.json", "/docs", "/docs/", "/docs/scalar.js" }) Assert.Equal(404, (await client.GetAsync(path)).Status);
    }

    private static JsonElement Schema(JsonElement root, string name) => root.GetProperty("components").GetProperty("schemas").GetProperty(name);

    private static JsonElement Body(JsonElement root, string path, string method, string type = "application/json") =>
        Schema(root, Reference(root.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("requestBody").GetProperty("content"), type));

    private static string Reference(JsonElement content, string type = "application/json") =>
        content.GetProperty(type).GetProperty("schema").GetProperty("$ref").GetString()!.Split('/')[^1];

    private async Task<string[]> SecuredByAsync(string scheme) =>
        [.. (await OperationsAsync()).Where(o => o.Operation.TryGetProperty("security", out var needs) && needs.EnumerateArray().Any(n => n.TryGetProperty(scheme, out _))).Select(o => o.Name)];

    private async Task<string> TextAsync() => (await service.Client.GetAsync("/openapi/v1.json")).Succeeded().Body;

    private async Task<JsonElement> RootAsync() => JsonElement.Parse(await TextAsync());

    private async Task<IReadOnlyList<(string Name, JsonElement Operation)>> OperationsAsync() =>
        [.. (await RootAsync()).GetProperty("paths").EnumerateObject().SelectMany(
            path => path.Value.EnumerateObject(), (path, method) => ($"{method.Name.ToUpperInvariant()} {path.Name}", method.Value))];
}
