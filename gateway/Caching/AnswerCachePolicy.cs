using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FrontDoor.Gateway.Authentication;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace FrontDoor.Gateway.Caching;

/// <summary>An entry of <c>Caching</c> on one route, as ASP.NET Core's output caching asks it. What it may keep says <see cref="JudgeAnswers"/>.</summary>
/// <param name="options">The entry.</param>
/// <param name="place">Route and generation: no answer outlives its configuration.</param>
internal sealed class AnswerCachePolicy(CachingOptions options, string place) : IOutputCachePolicy
{
    private const int MaxKeyPart = 1024;

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
            && request.Headers.Range.Count == 0 && request.Headers.Upgrade.Count == 0 && wish is not { NoStore: true }
            // A back end may go by a body, which is no part of the key.
            && context.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true }
            && HasShortKey(request);
        var fresh = wish is { NoCache: true } || wish?.MaxAge == TimeSpan.Zero || request.Headers.Pragma.Contains("no-cache");
        context.AllowCacheLookup = !fresh;
        // With it everybody would wait for the first one's whole answer, however slowly that client reads.
        context.AllowLocking = false;
        context.AllowCacheStorage = true;

        var rules = context.CacheVaryByRules;
        rules.CacheKeyPrefix = options.PerUser ? $"{place}\n{TokenClaims.Of(context.HttpContext.User).Made(KeyOf)}" : place;
        rules.HeaderNames = _headers;
        // Not by the framework's "*", which takes ?a and ?A for the same and puts values in order.
        if (options.VaryByQuery.Count > 0) rules.QueryKeys = options.VaryByQuery.ToArray();
        else rules.VaryByValues["query"] = Digest(request.QueryString.Value ?? "");
        return ValueTask.CompletedTask;
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;

    // An answer that broke off is not one.
    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        var http = context.HttpContext;
        if (http.Response.StatusCode != StatusCodes.Status200OK || http.Features.Get<IForwarderErrorFeature>() is not null || http.RequestAborted.IsCancellationRequested
            // One of the gateway's own, such as session affinity's, is not for the next client either.
            || http.Response.Headers.SetCookie.Count > 0)
            context.AllowCacheStorage = false;
        return ValueTask.CompletedTask;
    }

    private bool IsOfOneUser(HttpContext context) => options.PerUser
        ? context.User.Identity is { IsAuthenticated: true } && TokenClaims.Of(context.User).At("sub").Length > 0 && context.Request.Headers.Cookie.Count == 0
        : !Credentials.Any(context.Request.Headers.ContainsKey);

    // Keys are not counted in the cache's bound.
    private bool HasShortKey(HttpRequest request) =>
        request.Path.Value is not { Length: > MaxKeyPart } && _headers.All(h => request.Headers[h].Sum(v => v?.Length ?? 0) <= MaxKeyPart);

    private static string Digest(string text) => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan())));

    // Every claim that the back end may go by; not what differs from token to token. Lengths, so that no value can pass for two.
    private static readonly Func<TokenClaims, string> KeyOf = static claims => Digest(string.Concat(
        claims.All.Where(c => c.Name is not ("exp" or "iat" or "nbf" or "jti")).Select(c => $"{c.Name}:{c.Json.Length}:{c.Json}\n")));
}
