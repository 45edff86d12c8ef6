using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>RFC 6749 section 5.1.</summary>
internal sealed record ClientTokenAnswer(string AccessToken, string TokenType, long ExpiresIn, string Scope);

/// <summary>RFC 6749 section 5.2.</summary>
internal sealed record OAuthError(string Error, string ErrorDescription);

/// <summary>RFC 7662 section 2.2. Of a token that is not alive, <c>active</c> alone is said.</summary>
internal sealed record Introspection(bool Active)
{
    public string? Scope { get; init; }

    public string? ClientId { get; init; }

    public string? Username { get; init; }

    public string? TokenType { get; init; }

    public long? Exp { get; init; }

    public long? Iat { get; init; }

    public string? Sub { get; init; }

    public string? Aud { get; init; }

    public string? Iss { get; init; }

    public string? Jti { get; init; }

    public string? Sid { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClientTokenAnswer))]
[JsonSerializable(typeof(OAuthError))]
[JsonSerializable(typeof(Introspection))]
internal sealed partial class OAuthJson : JsonSerializerContext;

/// <summary>One answer of an OAuth endpoint.</summary>
internal sealed class OAuthAnswer : IResult
{
    private readonly int _status;
    private readonly object? _body;

    private OAuthAnswer(int status, object? body) => (_status, _body) = (status, body);

    public static OAuthAnswer Ok(object? body = null) => new(StatusCodes.Status200OK, body);

    public static OAuthAnswer Refused(string error, string description, int status = StatusCodes.Status400BadRequest) => new(status, new OAuthError(error, description));

    public static OAuthAnswer InvalidRequest(string description, int status = StatusCodes.Status400BadRequest) => Refused("invalid_request", description, status);

    public static OAuthAnswer InvalidClient() => Refused("invalid_client", "Client authentication failed.", StatusCodes.Status401Unauthorized);

    /// <summary>RFC 6585 section 4. OAuth has no word of its own for it; this one asks for another try.</summary>
    public static OAuthAnswer Throttled(HttpContext context, TimeSpan wait)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.RetryAfter = seconds;
        return Refused("temporarily_unavailable", $"Too many failures. Try again in {seconds} s.", StatusCodes.Status429TooManyRequests);
    }

    /// <summary>What failed, in the words that RFC 6749 section 4.1.2.1 has for it at another endpoint; for this one there are none.</summary>
    public static OAuthAnswer Of(HttpContext context, Exception e, bool isUnavailable)
    {
        if (e is BadHttpRequestException bad) return InvalidRequest("The request could not be read.", bad.StatusCode);
        if (!isUnavailable) return Refused("server_error", EndpointsSetup.UnexpectedText, StatusCodes.Status500InternalServerError);
        context.Response.Headers.RetryAfter = EndpointsSetup.RetryAfter;
        return Refused("temporarily_unavailable", EndpointsSetup.UnavailableText, StatusCodes.Status503ServiceUnavailable);
    }

    public Task ExecuteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = _status;
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
        if (_status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Basic realm=\"oauth\", charset=\"UTF-8\"";
        if (_body is null)
        {
            response.ContentLength = 0;
            return Task.CompletedTask;
        }

        response.ContentType = "application/json";
        var bytes = JsonSerializer.SerializeToUtf8Bytes(_body, (JsonTypeInfo)OAuthJson.Default.GetTypeInfo(_body.GetType())!);
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes).AsTask();
    }
}
