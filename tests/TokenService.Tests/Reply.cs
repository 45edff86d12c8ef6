using System.Text.Json;
using Xunit;

namespace FrontDoor.TokenService.Tests;

/// <summary>An answer of the token service, read whole.</summary>
public sealed record Reply(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public string Access => Text("access");

    public string Refresh => Text("refresh");

    public override string ToString() => $"{Status} {Body}";

    /// <summary>The body of a refused token.</summary>
    public static string TokenNotValid(string detail) => $$"""{"detail":"{{detail}}","code":"token_not_valid"}""";

    /// <summary>The body of a refused access token at a protected endpoint.</summary>
    public static string AccessTokenNotValid(string message) =>
        $$"""{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":[{"token_class":"AccessToken","token_type":"access","message":"{{message}}"}]}""";

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Asserts status and body; shows both when either differs.</summary>
    public Reply Is(int status, string body)
    {
        Assert.Equal($"{status} {body}", ToString());
        return this;
    }

    /// <summary>Asserts status 200.</summary>
    public Reply Succeeded()
    {
        Assert.True(Status == 200, ToString());
        return this;
    }

    public static async Task<Reply> ReadAsync(HttpResponseMessage answer) => new(
        (int)answer.StatusCode,
        await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
        answer.Headers.Concat(answer.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase));

    private string Text(string member)
    {
        Succeeded();
        return JsonElement.Parse(Body).GetProperty(member).GetString()!;
    }
}
