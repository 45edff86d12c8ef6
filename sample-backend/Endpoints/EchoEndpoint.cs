using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace FrontDoor.SampleBackend.Endpoints;

/// <summary>Shows a request just as it arrived: what the gateway changed, added and removed. Any method.</summary>
internal static class EchoEndpoint
{
    public static void MapEcho(this IEndpointRouteBuilder routes)
    {
        routes.Map("/api/public/echo/{**rest}", EchoAsync);
        routes.Map("/api/echo/{**rest}", EchoAsync);
    }

    private static async Task<Results<Ok<Echo>, ProblemHttpResult>> EchoAsync(HttpContext context, Instance instance)
    {
        byte[] body;
        try
        {
            body = await ReadBodyAsync(context);
        }
        catch (BadHttpRequestException refusal)
        {
            return TypedResults.Problem(refusal.Message, statusCode: refusal.StatusCode);
        }

        var request = context.Request;
        var isText = Utf8.IsValid(body);
        return TypedResults.Ok(new Echo(
            request.Method,
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            request.Protocol,
            request.Host.Value,
            request.Headers.ToDictionary(header => header.Key, header => ValuesToShow(header.Key, header.Value)),
            isText ? Encoding.UTF8.GetString(body) : Convert.ToBase64String(body),
            isText ? "utf-8" : "base64",
            body.Length,
            instance.Name));
    }

    // In memory, since Kestrel's limit bounds it.
    private static async Task<byte[]> ReadBodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }

    private static string?[] ValuesToShow(string name, IEnumerable<string?> values) =>
        name.Equals(HeaderNames.Authorization, StringComparison.OrdinalIgnoreCase) || name.Equals(InternalTokens.Header, StringComparison.OrdinalIgnoreCase) ? [.. values.Select(Redact)] : [.. values];

    // A token must not end up in a screenshot or a bug report. Without a space the whole value may be one.
    private static string Redact(string? value) => (value ?? "").Split(' ', 2) switch
    {
        [var scheme, var credentials] => $"{scheme} (present, {credentials.Length} characters)",
        [var credentials] => $"(present, {credentials.Length} characters)",
        _ => "(present)",
    };

    private sealed record Echo(
        string Method,
        string Target,
        string Protocol,
        string? Host,
        Dictionary<string, string?[]> Headers,
        string Body,
        string BodyEncoding,
        int BodyLength,
        string Instance);
}
