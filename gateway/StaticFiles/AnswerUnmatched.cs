namespace FrontDoor.Gateway.StaticFiles;

/// <summary>What no route has matched, inside a site: its fallbacks, 405 for what cannot be done to a file, 404 in the site's own words.</summary>
internal sealed class AnswerUnmatched(RequestDelegate next, StaticSites sites)
{
    public Task InvokeAsync(HttpContext context) =>
        context.GetEndpoint() is null && sites.For(context.Request, out var path) is { } site
            ? SiteAnswers.AnswerRestAsync(context, site, path)
            : next(context);
}
