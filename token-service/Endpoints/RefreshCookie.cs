using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.RefreshTokens;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>
/// Cookie mode, for browsers: a sign-in with <c>"cookie": true</c> puts the refresh token into a cookie that scripts cannot read and leaves it out of
/// the body; refresh and blacklist without a <c>refresh</c> field then take it from there.
/// </summary>
internal sealed class RefreshCookie(IOptions<AccessTokenOptions> issuing, IOptions<RefreshTokenOptions> options)
{
    private const string Name = "front_door_refresh";

    private readonly string _origin = new Uri(issuing.Value.Issuer).GetLeftPart(UriPartial.Authority);

    public void Set(HttpContext context, string refresh) => context.Response.Cookies.Append(Name, refresh, Cookie(options.Value.Lifetime));

    public static void Delete(HttpContext context) => context.Response.Cookies.Delete(Name, Cookie(null));

    /// <returns>The token; null without a cookie, or when another site may have sent the request.</returns>
    public string? Read(HttpContext context) => IsOfOurPage(context.Request) ? context.Request.Cookies[Name] : null;

    // SameSite=Strict keeps other sites out already; this also keeps out other origins of the same site, such as a hijacked subdomain.
    // Every browser names the Origin of a POST; what names none is no browser and has no business with the cookie.
    public bool IsOfOurPage(HttpRequest request) => string.Equals(request.Headers.Origin, _origin, StringComparison.OrdinalIgnoreCase);

    private static CookieOptions Cookie(TimeSpan? maxAge) => new()
    {
        HttpOnly = true,
        Secure = true, // browsers take it on http://localhost, too
        SameSite = SameSiteMode.Strict,
        Path = "/api/token",
        MaxAge = maxAge,
        IsEssential = true,
    };
}
