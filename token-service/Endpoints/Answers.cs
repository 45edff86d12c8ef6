using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FrontDoor.TokenService.Endpoints;

// The bodies of the simplejwt contract; the order of the members is the order on the wire.

internal sealed record ObtainedPair(string Refresh, string Access);

internal sealed record RotatedPair(string Access, string Refresh);

/// <summary>In cookie mode, and of a refresh without rotation.</summary>
internal sealed record AccessAlone(string Access);

internal sealed record SlidingToken(string Token);

internal sealed record RegisteredUser(string Id, string? Username, string? Email);

internal sealed record Nothing;

internal sealed record Detail([property: JsonPropertyName("detail")] string Text, string? Code = null);

/// <summary>What a protected endpoint says of a token.</summary>
internal sealed record TokenRefusal([property: JsonPropertyName("detail")] string Text, string? Code = null, IReadOnlyList<TokenMessage>? Messages = null);

/// <summary>simplejwt says this for each class of token that it tried; here there is one.</summary>
internal sealed record TokenMessage(string TokenClass, string TokenType, string Message);

[JsonSerializable(typeof(ObtainedPair))]
[JsonSerializable(typeof(RotatedPair))]
[JsonSerializable(typeof(AccessAlone))]
[JsonSerializable(typeof(SlidingToken))]
[JsonSerializable(typeof(RegisteredUser))]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(Detail))]
[JsonSerializable(typeof(TokenRefusal))]
[JsonSerializable(typeof(EndpointMetadata))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
internal sealed partial class AnswerJson : JsonSerializerContext
{
    // Bodies are application/json and never embedded in HTML, so quotes need no \u0022; the bytes are then those of DRF.
    public static AnswerJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

/// <summary>One answer in the shape of Django REST framework.</summary>
internal sealed class Answer(int status, object body, string? error = null) : IResult
{
    public static Answer Ok(object body) => new(StatusCodes.Status200OK, body);

    public static Answer Refused(string detail, string? code = null) => new(StatusCodes.Status401Unauthorized, new Detail(detail, code));

    public static Answer TokenNotValid(string detail) => Refused(detail, "token_not_valid");

    /// <summary>A protected endpoint's refusal of an access token (simplejwt contract, section 4).</summary>
    public static Answer AccessTokenNotValid(string message) => new(
        StatusCodes.Status401Unauthorized, new TokenRefusal("Given token not valid for any token type", "token_not_valid", [new TokenMessage("AccessToken", "access", message)]));

    /// <summary>The same at an endpoint that asks for an access token, which was sent and is not good (RFC 6750 section 3.1). simplejwt's own endpoints never say so.</summary>
    public Answer AsInvalidToken() => new(status, body, ", error=\"invalid_token\"");

    public static Answer Fault(int status, string detail) => new(status, new Detail(detail));

    /// <summary>Django REST framework's 429.</summary>
    public static Answer Throttled(HttpContext context, TimeSpan wait)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Fault(StatusCodes.Status429TooManyRequests, $"Request was throttled. Expected available in {seconds} second{(seconds == 1 ? "" : "s")}.");
    }

    /// <summary>OAuth's invalid_scope (RFC 6749 section 5.2) in the shape of Django REST framework.</summary>
    public static Answer BeyondScope => Fields(new() { ["scope"] = ["It asks for a scope that may not be had here."] });

    public static Answer Fields(Dictionary<string, string[]> faults) => new(StatusCodes.Status400BadRequest, faults);

    public Task ExecuteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = $"Bearer realm=\"api\"{error}";
        response.ContentType = "application/json";
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, (JsonTypeInfo)AnswerJson.Wire.GetTypeInfo(body.GetType())!);
        response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(bytes).AsTask();
    }
}
