using FrontDoor.Gateway.Edge;
using FrontDoor.Gateway.Observability;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>What a site answers, from the file itself to the last fallback.</summary>
internal static class SiteAnswers
{
    private const int Attempts = 3;

    /// <summary>Answers with what the path names.</summary>
    /// <param name="context">The request.</param>
    /// <param name="site">The site.</param>
    /// <param name="path">Path below its prefix.</param>
    /// <param name="filesOnly">True: folders are neither listed nor redirected to.</param>
    /// <returns>False when the site has nothing for it; nothing has been sent then.</returns>
    public static async Task<bool> TryAnswerAsync(HttpContext context, Site site, string path, bool filesOnly = false)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            switch (await site.FindAsync(path))
            {
                case Finding.Ready { File: var file }:
                    if (await FileAnswer.SendAsync(context, file, site)) return true;
                    site.Forget(path); // replaced since it was found, or not to be read any more
                    continue;
                case Finding.NeedsSlash or Finding.Folder when filesOnly:
                    return false;
                case Finding.NeedsSlash:
                    RedirectToSlash(context, site);
                    return true;
                case Finding.Folder folder:
                    return await DirectoryListing.TrySendAsync(context, site, folder.Path, path);
                case Finding.Unavailable:
                    break;
                default:
                    return false;
            }

            break;
        }

        context.Response.Headers.RetryAfter = "1";
        await RefuseAsync(context, site, StatusCodes.Status503ServiceUnavailable, "file_unavailable", "The file cannot be read at the moment. Try again shortly.");
        return true;
    }

    /// <summary>Answers what neither a file nor a route has answered.</summary>
    public static async Task AnswerRestAsync(HttpContext context, Site site, string path)
    {
        var options = site.Options;
        var mayFallBack = !options.EffectiveNeverFallBack.Any(prefix => context.Request.Path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));
        var page = mayFallBack && Navigation.IsOne(context.Request) ? options.SinglePageFallback : null;
        if (!IsRead(context.Request.Method))
        {
            // Something is there if it would answer a GET.
            await (site.Has(path) || page is not null ? RefuseMethodAsync(context, site) : RefuseAsync(context, site, StatusCodes.Status404NotFound));
            return;
        }

        if (page is not null && await TryPageAsync(context, site, NamedFile.PathOf(page))) return;
        if (mayFallBack && site.Try.FallbackFile is { } file && await TryAnswerAsync(context, site, file)) return;
        await RefuseAsync(context, site, site.Try.FallbackStatus ?? StatusCodes.Status404NotFound);
    }

    /// <summary>Everything that a site with a policy answers; the policy has been met.</summary>
    public static async Task AnswerGuardedAsync(HttpContext context)
    {
        var site = context.GetEndpoint()!.Metadata.GetRequiredMetadata<Site>();
        _ = site.Owns(context.Request.Path, out var path);
        if (!IsRead(context.Request.Method) || !await TryAnswerAsync(context, site, path)) await AnswerRestAsync(context, site, path);
    }

    public static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    /// <summary>Answers an error in the site's own words: with its page, for a browser, or as a problem.</summary>
    public static async Task RefuseAsync(HttpContext context, Site site, int status, string code, string detail)
    {
        if (!await TryErrorPageAsync(context, site, status, code)) await Problem.WriteAsync(context, status, code, detail);
    }

    /// <summary>Answers an error with the site's page for it, if there is one and a browser asks; sets the site's headers in any case.</summary>
    /// <param name="context">The request.</param>
    /// <param name="site">The site.</param>
    /// <param name="status">The error.</param>
    /// <param name="reason">For the access log.</param>
    /// <returns>False when the answer is still to be written.</returns>
    public static async Task<bool> TryErrorPageAsync(HttpContext context, Site site, int status, string reason)
    {
        site.AddHeaders(context.Response);
        if (site.ErrorPage(status) is not { } page || !Navigation.PrefersHtml(context.Request)) return false;
        if (await site.FindAsync(page) is not Finding.Ready { File: var file } || !await FileAnswer.SendErrorPageAsync(context, file, site, status)) return false;
        AccessLog.SetReason(context, reason);
        return true;
    }

    private static async Task<bool> TryPageAsync(HttpContext context, Site site, string page)
    {
        // The same address is 404 for whoever does not ask for HTML.
        context.Response.Headers.Vary = HeaderNames.Accept;
        if (await TryAnswerAsync(context, site, page)) return true;
        context.Response.Headers.Remove(HeaderNames.Vary);
        return false;
    }

    private static Task RefuseMethodAsync(HttpContext context, Site site)
    {
        context.Response.Headers.Allow = "GET, HEAD";
        return RefuseAsync(context, site, StatusCodes.Status405MethodNotAllowed, "method_not_allowed", $"Method \"{context.Request.Method}\" not allowed.");
    }

    private static Task RefuseAsync(HttpContext context, Site site, int status)
    {
        var (code, detail) = status switch
        {
            StatusCodes.Status404NotFound => ("not_found", "Not found."),
            StatusCodes.Status403Forbidden => ("permission_denied", "You do not have permission to perform this action."),
            StatusCodes.Status410Gone => ("gone", "Gone."),
            _ => ("error", "The request could not be served."),
        };
        return RefuseAsync(context, site, status, code, detail);
    }

    private static void RedirectToSlash(HttpContext context, Site site)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var query = target.IndexOf('?');
        site.AddHeaders(context.Response);
        // As it was written and without an authority, so that it leads to whatever name the client knows us by. The edge lets no path begin with two slashes.
        // Kestrel lets control characters into a query, but not into a field.
        context.Response.Headers.Location = query < 0 ? target + "/" : $"{target.AsSpan(0, query)}/{FieldText.Safe(target[query..])}";
        context.Response.Headers.CacheControl = site.Options.EffectiveCacheControl;
        context.Response.StatusCode = StatusCodes.Status301MovedPermanently;
    }
}
