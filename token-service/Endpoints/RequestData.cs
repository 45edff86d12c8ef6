using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>
/// Reads a request's body into fields: JSON, URL-encoded or multipart form (simplejwt contract, section 2).
/// Values are JSON elements; form values are JSON strings.
/// </summary>
internal static class RequestData
{
    /// <summary>Largest accepted body in bytes; the answer past it is 413.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    /// <summary>What a body may be.</summary>
    public static readonly string[] MediaTypes = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <returns>The fields, or the answer that refuses the request.</returns>
    public static async Task<(IReadOnlyDictionary<string, JsonElement>? Fields, Answer? Refusal)> ReadAsync(HttpContext context)
    {
        byte[] body;
        try
        {
            using var buffer = new MemoryStream();
            await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
            body = buffer.ToArray();
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, Answer.Fault(e.StatusCode, $"Request body is larger than {MaxBodyBytes} bytes."));
        }

        if (body.Length == 0) return (new Dictionary<string, JsonElement>(), null);

        _ = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type);
        return type?.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/json" => ReadJson(body),
            "application/x-www-form-urlencoded" or "multipart/form-data" => await ReadFormAsync(context, body),
            _ => (null, Answer.Fault(StatusCodes.Status415UnsupportedMediaType, $"Unsupported media type \"{context.Request.ContentType}\" in request.")),
        };
    }

    private static (IReadOnlyDictionary<string, JsonElement>?, Answer?) ReadJson(byte[] body)
    {
        // The parser leaves both to whoever reads a text: bytes that are no UTF-8, and names with half of a surrogate pair.
        if (!Utf8.IsValid(body)) return (null, NotJson("the body is not UTF-8"));
        try
        {
            var root = JsonElement.Parse(body, Strict);
            return root.ValueKind switch
            {
                JsonValueKind.Object => (root.EnumerateObject().ToDictionary(p => p.Name, p => p.Value), null),
                JsonValueKind.Null => (null, NotAnObject("No data provided")),
                var kind => (null, NotAnObject($"Invalid data. Expected a dictionary, but got {PythonName(kind, root)}.")),
            };
        }
        catch (JsonException e)
        {
            return (null, NotJson(e.LineNumber is null ? "a member appears twice" : $"line {e.LineNumber + 1} column {e.BytePositionInLine + 1}"));
        }
        catch (InvalidOperationException)
        {
            return (null, NotJson("a member's name is not valid text"));
        }
    }

    private static async Task<(IReadOnlyDictionary<string, JsonElement>?, Answer?)> ReadFormAsync(HttpContext context, byte[] body)
    {
        context.Request.Body = new MemoryStream(body);
        context.Features.Set<IFormFeature>(new FormFeature(context.Request, new FormOptions { ValueCountLimit = 64 }));
        try
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            // The last of several values counts, as in Django's QueryDict.
            return (form.ToDictionary(f => f.Key, f => JsonSerializer.SerializeToElement(f.Value[^1] ?? "", FormJson.Default.String)), null);
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException or IOException or NotSupportedException)
        {
            return (null, Answer.Fault(StatusCodes.Status400BadRequest, "Form parse error - the body is not what its Content-Type says"));
        }
    }

    private static Answer NotJson(string why) => Answer.Fault(StatusCodes.Status400BadRequest, $"JSON parse error - {why}");

    private static Answer NotAnObject(string text) => Answer.Fields(new() { ["non_field_errors"] = [text] });

    private static string PythonName(JsonValueKind kind, JsonElement value) => kind switch
    {
        JsonValueKind.Array => "list",
        JsonValueKind.String => "str",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "int" : "float",
        _ => "bool",
    };
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class FormJson : System.Text.Json.Serialization.JsonSerializerContext;
