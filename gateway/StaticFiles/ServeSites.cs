namespace FrontDoor.Gateway.StaticFiles;

/// <summary>
/// Answers requests for files, ahead of routing. A site with a policy is turned into the request's endpoint instead: authorization comes
/// before anything is looked for, so not even the existence of a file shows.
/// </summary>
internal sealed class ServeSites(RequestDelegate next, ConfiguredSites sites)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (sites.Now.For(context.Request, out var path) is not { } site) return next(context);
        if (site.GuardedEndpoint is { } endpoint)
        {
            context.SetEndpoint(endpoint);
            return next(context);
        }

        // Other methods may be a route's business on the same path.
        if (!SiteAnswers.IsRead(context.Request.Method)) return next(context);
        if (site.Fresh(path) is { IsInMemory: true } file)
        {
            var answered = FileAnswer.SendAsync(context, file, site);
            // Whether it is the file still is known at once.
            if (!answered.IsCompletedSuccessfully || answered.Result) return answered;
            site.Forget(path);
        }

        return site.MayHave(path) ? FromDiskAsync(context, site, path) : next(context);
    }

    private async Task FromDiskAsync(HttpContext context, Site site, string path)
    {
        if (!await SiteAnswers.TryAnswerAsync(context, site, path)) await next(context);
    }
}
