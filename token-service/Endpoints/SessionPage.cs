using FrontDoor.TokenService.RefreshTokens;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>A list of a user's living sessions, the latest first, page by page: <c>Link</c> with <c>rel="next"</c> (RFC 8288) leads to the next one.</summary>
internal static class SessionPage
{
    public const int Most = 500;
    public const int Default = 100;

    /// <returns>One page, or the answer that refuses the query.</returns>
    public static async Task<(List<Session>? Sessions, Answer? Refusal)> ReadAsync(HttpContext context, Sessions sessions, string userId)
    {
        var query = new QueryFields(context.Request.Query);
        var limit = (int)(query.Whole("limit", 1, Most) ?? Default);
        var before = query.Place("before");
        if (query.Refusal is { } refusal) return (null, refusal);

        var found = await sessions.LivingOfAsync(userId, before, limit + 1, context.RequestAborted);
        if (found.Count <= limit) return (found, null);
        found.RemoveAt(limit);
        context.Response.Headers.Link = $"<{context.Request.PathBase}{context.Request.Path}?limit={limit}&before={SessionPlace.Of(found[^1])}>; rel=\"next\"";
        return (found, null);
    }
}
