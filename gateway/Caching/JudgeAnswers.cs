using System.Net;
using System.Net.Http.Headers;
using FrontDoor.Gateway.Forwarding;
using FrontDoor.Gateway.StaticFiles;
using Microsoft.AspNetCore.OutputCaching;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace FrontDoor.Gateway.Caching;

/// <summary>
/// Decides from the back end's own fields whether and how long its answer is kept (RFC 9111 sections 3 and 4.2.1). Here, because output caching fixes both when
/// the first byte is written, before it asks a policy about the answer.
/// </summary>
internal sealed class JudgeAnswers(ProxyConfigProvider provider, TimeProvider time) : ITransformProvider
{
    public void ValidateRoute(TransformRouteValidationContext context)
    {
        // Checked with the whole configuration (RouteCheck).
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
        // Nothing per cluster.
    }

    public void Apply(TransformBuilderContext context)
    {
        // YARP's copy of the route has no names of policies.
        var route = provider.ConfigOf(context.Route).Routes[context.Route.RouteId];
        if (!string.IsNullOrEmpty(route.OutputCachePolicy)) context.AddResponseTransform(Judge);
    }

    private ValueTask Judge(ResponseTransformContext transform)
    {
        if (transform.HttpContext.Features.Get<IOutputCacheFeature>()?.Context is { EnableOutputCaching: true } cache
            && transform.HttpContext.GetEndpoint()?.Metadata.GetMetadata<AnswerCachePolicy>() is { } policy)
        {
            cache.ResponseExpirationTimeSpan = transform.ProxyResponse is { } answer && MayKeep(answer, policy) ? FreshFor(answer, policy) : TimeSpan.Zero;
            if (cache.ResponseExpirationTimeSpan <= TimeSpan.Zero) cache.AllowCacheStorage = false;
        }

        return ValueTask.CompletedTask;
    }

    private static bool MayKeep(HttpResponseMessage answer, AnswerCachePolicy policy) =>
        answer.StatusCode == HttpStatusCode.OK
        && IsReadable(answer)
        && answer.Headers.CacheControl is not ({ NoStore: true } or { NoCache: true })
        && (answer.Headers.CacheControl is not { Private: true } || policy.Options.PerUser)
        && !answer.Headers.Contains("Set-Cookie")
        && !answer.Headers.Contains(InternalRedirect.Field)
        && RawOf(answer, "Vary").SelectMany(v => v.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).All(policy.VariesBy)
        && answer.Content.Headers.ContentType?.MediaType != "text/event-stream";

    // The typed fields pass over what they cannot read, and it may have meant private.
    private static bool IsReadable(HttpResponseMessage answer) => RawOf(answer, "Cache-Control").All(v => CacheControlHeaderValue.TryParse(v, out _));

    private static string[] RawOf(HttpResponseMessage answer, string field) =>
        answer.Headers.NonValidated.TryGetValues(field, out var values) ? [.. values] : [];

    private TimeSpan FreshFor(HttpResponseMessage answer, AnswerCachePolicy policy)
    {
        var said = answer.Headers.CacheControl;
        var lifetime = said?.SharedMaxAge ?? said?.MaxAge;
        // An Expires that cannot be read is one in the past (RFC 9111 section 5.3).
        if (lifetime is null && answer.Content.Headers.Contains("Expires"))
            lifetime = answer.Content.Headers.Expires is { } expires ? expires - (answer.Headers.Date ?? time.GetUtcNow()) : TimeSpan.Zero;
        return (lifetime ?? policy.Options.MaxAge) - (answer.Headers.Age ?? TimeSpan.Zero);
    }
}
