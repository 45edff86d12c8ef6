using System.Net;
using System.Text.Json;
using Xunit;

namespace FrontDoor.Gateway.Tests;

/// <summary>The form of every answer that the gateway gives itself.</summary>
internal static class ProblemAssert
{
    public const string NoUser = "Token contained no recognizable user identification";

    // What an exception, a library or a file system would give away.
    private static readonly string[] Secrets = ["IDX", "Exception", "   at ", ".cs:", "Microsoft.", "System.", "/home/", "\\u"];

    /// <returns>The body.</returns>
    public static async Task<JsonElement> IsAsync(HttpResponseMessage answer, HttpStatusCode status, string code, string? detail = null)
    {
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == status, $"expected {status}, got {answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        foreach (var secret in Secrets) Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        return Is(text, (int)status, code, detail);
    }

    /// <returns>The body.</returns>
    public static JsonElement Is(string text, int status, string code, string? detail = null)
    {
        var body = JsonDocument.Parse(text).RootElement;
        Assert.Equal("about:blank", body.GetProperty("type").GetString());
        Assert.NotEqual("", body.GetProperty("title").GetString());
        Assert.Equal(status, body.GetProperty("status").GetInt32());
        Assert.Equal(code, body.GetProperty("code").GetString());
        Assert.NotEqual("", body.GetProperty("traceId").GetString());
        Assert.NotEqual("", body.GetProperty("detail").GetString());
        if (detail is not null) Assert.Equal(detail, body.GetProperty("detail").GetString());
        return body;
    }

    /// <summary>401 for a token that is there and not good, with simplejwt's messages.</summary>
    public static async Task TokenNotValidAsync(HttpResponseMessage answer, string message = "Token is invalid")
    {
        if (message == NoUser)
        {
            await NoUserAsync(answer);
            return;
        }

        var body = await IsAsync(answer, HttpStatusCode.Unauthorized, "token_not_valid", "Given token not valid for any token type");
        var entry = Assert.Single(body.GetProperty("messages").EnumerateArray().ToArray());
        Assert.Equal("AccessToken", entry.GetProperty("token_class").GetString());
        Assert.Equal("access", entry.GetProperty("token_type").GetString());
        Assert.Equal(message, entry.GetProperty("message").GetString());
        Assert.Equal($"Bearer realm=\"api\", error=\"invalid_token\", error_description=\"{message}\"", Challenge(answer));
    }

    /// <summary>The same for a token that is good but of no user, which simplejwt says without messages.</summary>
    private static async Task NoUserAsync(HttpResponseMessage answer)
    {
        var body = await IsAsync(answer, HttpStatusCode.Unauthorized, "token_not_valid", NoUser);
        Assert.False(body.TryGetProperty("messages", out _));
        Assert.Equal($"Bearer realm=\"api\", error=\"invalid_token\", error_description=\"{NoUser}\"", Challenge(answer));
    }

    /// <summary>401 without a word about a token: there was none.</summary>
    public static async Task NoCredentialsAsync(HttpResponseMessage answer)
    {
        var body = await IsAsync(answer, HttpStatusCode.Unauthorized, "not_authenticated", "Authentication credentials were not provided.");
        Assert.False(body.TryGetProperty("messages", out _));
        Assert.Equal("Bearer realm=\"api\"", Challenge(answer));
    }

    public static string Challenge(HttpResponseMessage answer) => Assert.Single(answer.Headers.GetValues("WWW-Authenticate"));
}
