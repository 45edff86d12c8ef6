using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>The parameters of an OAuth request: from a URL-encoded body alone, each once (RFC 6749 section 3.2). One without a value is absent.</summary>
internal sealed class OAuthForm
{
    public const string MediaType = "application/x-www-form-urlencoded";

    private readonly Dictionary<string, string> _parameters = new(StringComparer.Ordinal);

    private OAuthForm()
    {
    }

    public string? this[string name] => _parameters.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <returns>The parameters, or the answer that refuses the request.</returns>
    public static async Task<(OAuthForm? Form, OAuthAnswer? Refusal)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase))
            return (null, OAuthAnswer.InvalidRequest($"The body must be {MediaType}.", StatusCodes.Status415UnsupportedMediaType));

        var form = new OAuthForm();
        try
        {
            // A reader and not Request.Form: that joins repeated parameters and takes "SCOPE" for "scope".
            using var reader = new FormReader(request.Body, Encoding.UTF8);
            while (await reader.ReadNextPairAsync(cancellationToken) is { } pair)
            {
                if (!form._parameters.TryAdd(pair.Key, pair.Value)) return (null, OAuthAnswer.InvalidRequest("A parameter appears more than once."));
            }

            return (form, null);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, OAuthAnswer.InvalidRequest($"The body is larger than {RequestData.MaxBodyBytes} bytes.", e.StatusCode));
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            return (null, OAuthAnswer.InvalidRequest("The body is not what its Content-Type says."));
        }
    }
}
