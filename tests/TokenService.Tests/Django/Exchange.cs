using System.Text;

namespace FrontDoor.TokenService.Tests.Django;

/// <summary>One request that both get.</summary>
/// <param name="Body">What stands between braces with a bar, such as <c>{|refresh|}</c>, becomes a token of that kind.</param>
/// <param name="Reason">Why we answer otherwise on purpose; null where both must agree.</param>
/// <param name="Ours">Then: our status and body.</param>
public sealed record Exchange(
    string Path, string? Body, string? Type = "application/json", string Method = "POST", string? Accept = null, string? Authorization = null,
    string? Reason = null, string? Ours = null)
{
    /// <summary>The names of the kinds of tokens in the body.</summary>
    public IEnumerable<string> Kinds => (Body ?? "").Split("{|").Skip(1).Select(part => part[..part.IndexOf("|}", StringComparison.Ordinal)]);

    public HttpRequestMessage ToRequest(IReadOnlyDictionary<string, string> tokens)
    {
        var request = new HttpRequestMessage(new HttpMethod(Method), Path);
        if (Accept is not null) request.Headers.TryAddWithoutValidation("Accept", Accept);
        if (Authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", Authorization);
        if (Body is null) return request;
        var text = tokens.Aggregate(Body, (body, token) => body.Replace($"{{|{token.Key}|}}", token.Value, StringComparison.Ordinal));
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        if (Type is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", Type);
        return request;
    }
}
