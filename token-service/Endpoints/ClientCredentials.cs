using System.Net;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>The id and secret that a request carries (RFC 6749 section 2.3.1).</summary>
internal sealed record ClientCredentials(string Id, string Secret)
{
    private const string Scheme = "Basic ";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>The credentials, or the answer that refuses the request.</returns>
    public static (ClientCredentials? Credentials, OAuthAnswer? Refusal) Read(StringValues field, OAuthForm form)
    {
        var (id, secret) = (form["client_id"], form["client_secret"]);
        if (field.Count > 1) return (null, OAuthAnswer.InvalidRequest("There is more than one Authorization field."));
        if (field.Count == 0) return id is null || secret is null ? (null, OAuthAnswer.InvalidClient()) : (new(id, secret), null);

        // Section 2.3: one method in each request. An id alone is no method; several libraries repeat it in the body.
        if (secret is not null) return (null, OAuthAnswer.InvalidRequest("The client authenticates in two ways at once."));
        if (Basic(field[0]) is not { } credentials) return (null, OAuthAnswer.InvalidClient());
        return id is null || id == credentials.Id
            ? (credentials, null)
            : (null, OAuthAnswer.InvalidRequest("client_id differs from the Authorization field."));
    }

    private static ClientCredentials? Basic(string? field)
    {
        if (field is null || !field.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return null;
        try
        {
            var pair = StrictUtf8.GetString(Convert.FromBase64String(field[Scheme.Length..])).Split(':', 2);
            // Both are form-encoded before they are joined, so that an id may have a colon.
            return pair.Length == 2 && pair[0].Length > 0 ? new(WebUtility.UrlDecode(pair[0]), WebUtility.UrlDecode(pair[1])) : null;
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
