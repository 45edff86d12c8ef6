using FrontDoor.Gateway.Streams;
using Microsoft.Extensions.Primitives;

namespace FrontDoor.Gateway.Authentication;

/// <summary>Finds the token of a request: in the Authorization field, and where else its route allows. Taken from elsewhere it is taken out, so that nobody behind sees it.</summary>
internal static class RequestToken
{
    /// <returns>Neither: no credentials. A refusal: what is there may not be used.</returns>
    public static (ReadOnlyMemory<char>? Token, TokenRefusal? Refusal) Read(HttpContext context)
    {
        var (token, malformed) = BearerField.Read(context.Request.Headers.Authorization);
        if (context.GetEndpoint()?.Metadata.GetMetadata<RouteCredentials>() is { } elsewhere) return Read(context, elsewhere, token, malformed);
        return (token, malformed ? TokenRefusal.MalformedHeader : null);
    }

    private static (ReadOnlyMemory<char>? Token, TokenRefusal? Refusal) Read(HttpContext context, RouteCredentials elsewhere, ReadOnlyMemory<char>? inField, bool malformed)
    {
        var cookies = TakeCookies(context.Request, elsewhere.Cookie);
        var parameters = TakeParameters(context.Request, elsewhere.Query);
        if (malformed) return (null, TokenRefusal.MalformedHeader);
        if (!WebSocketHandshake.IsOne(context)) parameters = [];

        if ((inField is null ? 0 : 1) + cookies.Length + parameters.Length > 1) return (null, TokenRefusal.SeveralCredentials);
        if (cookies.Length > 0 && !OwnSite.Sent(context, elsewhere.Origins)) return (null, TokenRefusal.CrossSite);
        return (inField ?? cookies.Concat(parameters).FirstOrDefault()?.AsMemory(), null);
    }

    private static string[] TakeCookies(HttpRequest request, string? name)
    {
        if (name is null || request.Headers.Cookie.Count == 0) return [];
        var (values, rest) = CredentialParts.TakeCookie(request.Headers.Cookie, name);
        if (values.Count == 0) return [];
        request.Headers.Cookie = rest.Length > 0 ? rest : StringValues.Empty;
        return [.. values.Where(v => v.Length > 0)];
    }

    private static string[] TakeParameters(HttpRequest request, string? name)
    {
        if (name is null || !request.QueryString.HasValue) return [];
        var (values, rest) = CredentialParts.TakeParameter(request.QueryString, name);
        if (values.Count == 0) return [];
        request.QueryString = rest;
        return [.. values.Where(v => v.Length > 0)];
    }
}
