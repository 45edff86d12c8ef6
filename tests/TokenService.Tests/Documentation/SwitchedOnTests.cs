using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Users;
using Xunit;

namespace FrontDoor.TokenService.Tests.Documentation;

/// <summary>Endpoints and fields that settings bring.</summary>
public sealed class SwitchedOnTests
{
    [Theory]
    [InlineData("/api/token", "username password scope cookie", 200, 400, 401, 413, 415, 429)]
    [InlineData("/api/token/refresh", "refresh scope", 200, 400, 401, 413, 415)]
    [InlineData("/api/token/sliding", "username password scope", 200, 400, 401, 413, 415, 429)]
    [InlineData("/api/token/sliding/refresh", "token", 200, 400, 401, 413, 415)]
    [InlineData("/api/users", "username password email", 201, 400, 413, 415, 429)]
    public async Task Route_IsDescribed(string path, string fields, params int[] statuses)
    {
        await using var app = Start([]);
        var post = await PostAsync(app, path);
        Assert.Equal(fields, post.Fields);
        Assert.Equal(statuses, post.Operation.GetProperty("responses").EnumerateObject().Select(r => int.Parse(r.Name, null)).Order());
        Assert.True(post.Operation.TryGetProperty("summary", out _) && post.Operation.TryGetProperty("tags", out _));
    }

    [Theory]
    [InlineData("/api/token", "email password scope cookie")]
    [InlineData("/api/token/sliding", "email password scope")]
    [InlineData("/api/users", "email password")]
    public async Task ByEmail_TheFieldIsEmail(string path, string fields)
    {
        await using var app = Start(EmailLoginContract.Settings);
        Assert.Equal(fields, (await PostAsync(app, path)).Fields);
        using var client = new TokenClient(app.Address);
        var options = JsonElement.Parse((await client.SendAsync(new HttpRequestMessage(HttpMethod.Options, path))).Succeeded().Body);
        Assert.Equal(fields, string.Join(' ', options.GetProperty("actions").GetProperty("POST").EnumerateObject().Select(f => f.Name)));
    }

    private static TokenServiceApp Start(IEnumerable<KeyValuePair<string, string?>> settings) => TokenServiceApp.Start(
        new Dictionary<string, string?>(settings) { ["SlidingTokens:Enabled"] = "true", ["Users:Registration:Enabled"] = "true" });

    private static async Task<(JsonElement Operation, string Fields)> PostAsync(TokenServiceApp app, string path)
    {
        using var client = new TokenClient(app.Address);
        var root = JsonElement.Parse((await client.GetAsync("/openapi/v1.json")).Succeeded().Body);
        var operation = root.GetProperty("paths").GetProperty(path).GetProperty("post");
        var schema = operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString()!;
        var fields = root.GetProperty("components").GetProperty("schemas").GetProperty(schema.Split('/')[^1]).GetProperty("properties");
        return (operation, string.Join(' ', fields.EnumerateObject().Select(f => f.Name)));
    }
}
