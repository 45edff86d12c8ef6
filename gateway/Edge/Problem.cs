using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FrontDoor.Gateway.Authorization;
using FrontDoor.Gateway.Observability;
using Microsoft.AspNetCore.WebUtilities;

namespace FrontDoor.Gateway.Edge;

/// <summary>An entry of <c>messages</c>, as simplejwt's clients read it.</summary>
internal sealed record ProblemMessage(string TokenClass, string TokenType, string Message);

/// <summary>RFC 9457 and Django REST framework in one body (DESIGN.md, "Error bodies").</summary>
internal sealed record ProblemBody(
    string Type, string Title, int Status, string Detail, string Code, IReadOnlyList<ProblemMessage>? Messages, IReadOnlyList<Lack>? Missing,
    [property: JsonPropertyName("traceId")] string TraceId, [property: JsonPropertyName("requestId")] string RequestId);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemBody))]
internal sealed partial class ProblemJson : JsonSerializerContext;

/// <summary>Writes the answers that the gateway gives itself.</summary>
internal static class Problem
{
    private static readonly ProblemJson Json = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Never embedded in HTML (application/problem+json with nosniff), so quotes need no \u0022.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <param name="context">The request; its response must not have started.</param>
    /// <param name="status">HTTP status code.</param>
    /// <param name="code">Stable and machine-readable.</param>
    /// <param name="detail">For people. Never holds anything from the request that could be a secret.</param>
    /// <param name="messages">simplejwt's token messages, if any.</param>
    /// <param name="reason">The reason in the access log, where it may say more than <paramref name="code"/>.</param>
    /// <param name="missing">What a 403 would need, if it is known.</param>
    public static async Task WriteAsync(
        HttpContext context, int status, string code, string detail, IReadOnlyList<ProblemMessage>? messages = null, string? reason = null,
        IReadOnlyList<Lack>? missing = null)
    {
        AccessLog.SetReason(context, reason ?? code);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";

        var body = JsonSerializer.SerializeToUtf8Bytes(
            new ProblemBody("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail, code, messages, missing, RequestTrace.IdOf(context), context.TraceIdentifier), Json.ProblemBody);
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(body, context.RequestAborted);
    }
}
