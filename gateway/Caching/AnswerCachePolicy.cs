using System.Security.Claims;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace FrontDoor.Gateway.Caching;

/// <summary>An entry of <c>Caching</c> on one route, as ASP.NET Core's output caching asks it. What it may keep says <see cref="JudgeAnswers"/>.</summary>
/// <param name="options">The entry.</param>
/// <param name="place">Route and generation: no answer outlives its configuration.</param>
internal sealed class AnswerCachePolicy(CachingOptions options, string place) : IOutputCachePolicy
{
    // Tell a user of the back end's own, whom the gateway does not know.
    private static readonly string[] Credentials = [HeaderNames.Cookie, HeaderNames.Authorization];

    private readonly string[] _headers = [.. options.VaryByHeaders, HeaderNames.AcceptEncoding];

    public CachingOptions Options => options;

    public bool VariesBy(string field) => _headers.Contains(field, StringComparer.OrdinalIgnoreCase);

    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        var request = context.HttpContext.Request;
        var wish = request.GetTypedHeaders().CacheControl;
        context.EnableOutputCaching = IsOfOneUser(context.HttpContext)
            && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            && request.Headers.Range.Count == 0 && request.Headers.Upgrade.Count == 0 && wish is not { NoStore: true };
        var fresh = wish is { NoCache: true } || wish?.MaxAge == TimeSpan.Zero || request.Headers.Pragma.Contains("no-cache");
        // Who wants a fresh answer does not get one that is already under way either.
        context.AllowCacheLookup = context.AllowLocking = !fresh;
        context.AllowCacheStorage = true;

        var rules = context.CacheVaryByRules;
        rules.CacheKeyPrefix = options.PerUser ? $"{place}\n{KeyOf(context.HttpContext.User)}" : place;
        rules.HeaderNames = _headers;
        // Not by the framework's "*", which takes ?a and ?A for the same and puts values in order.
        if (options.VaryByQuery.Count > 0) rules.QueryKeys = options.VaryByQuery.ToArray();
        else rules.VaryByValues["query"] = request.QueryString.Value ?? "";
        return ValueTask.CompletedTask;
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;

    // An answer that broke off is not one.
    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        var http = context.HttpContext;
        if (http.Response.StatusCode != StatusCodes.Status200OK || http.Features.Get<IForwarderErrorFeature>() is not null || http.RequestAborted.IsCancellationRequested)
            context.AllowCacheStorage = false;
        return ValueTask.CompletedTask;
    }

    private bool IsOfOneUser(HttpContext context) => options.PerUser
        ? context.User.Identity is { IsAuthenticated: true } && context.User.HasClaim(c => c.Type == "sub") && context.Request.Headers.Cookie.Count == 0
        : !Credentials.Any(context.Request.Headers.ContainsKey);

    // Every claim that the back end may go by; not what differs from token to token. Lengths, so that no value can pass for two.
    private static string KeyOf(ClaimsPrincipal user) => string.Concat(
        user.Claims.Where(c => c.Type is not ("exp" or "iat" or "nbf" or "jti")).Select(c => $"{c.Type}:{c.Value.Length}:{c.Value}\n"));
}
