namespace FrontDoor.Gateway.StaticFiles;

/// <summary>What no route has matched, inside a site: its fallbacks, 405 for what cannot be done to a file, 404 in the site's own words. A site that became a guarded one since the request came in is passed by.</summary>
internal sealed class AnswerUnmatched(RequestDelegate next, ConfiguredSites sites)
{
    public Task InvokeAsync(HttpContext context) =>
        context.GetEndpoint() is null && sites.Now.For(context.Request, out var path) is { GuardedEndpoint: null } site
            ? SiteAnswers.AnswerRestAsync(context, site, path)
            : next(context);
}
