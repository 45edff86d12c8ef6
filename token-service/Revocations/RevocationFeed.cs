using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using FrontDoor.TokenService.Observability;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Revocations;

/// <summary>One revocation on the wire; <c>expires</c> in Unix seconds, rounded up.</summary>
internal sealed record FeedEntry(long Id, string Kind, string Subject, long Expires);

/// <summary>
/// <c>GET /revocations/feed</c>: server-sent events for gateways. First <c>snapshot</c> (all that lives) or, when resumed by
/// <c>Last-Event-ID</c>, <c>delta</c> (what came since); then a <c>delta</c> for each change, and <c>heartbeat</c> while nothing happens.
/// </summary>
internal static class RevocationFeed
{
    private static readonly TimeSpan WhileNotLevel = TimeSpan.FromMilliseconds(250);

    public static void MapRevocationFeed(this IEndpointRouteBuilder app) => app.MapGet("/revocations/feed", Answer)
        .WithTags("Revocations").WithSummary("Follow revocations").WithDescription("For gateways: server-sent events; `Authorization: Bearer` with the feed's own secret.")
        .Produces<IReadOnlyList<FeedEntry>>(contentType: "text/event-stream");

    private static Results<ServerSentEventsResult<IReadOnlyList<FeedEntry>>, NotFound, UnauthorizedHttpResult> Answer(
        HttpContext context, RevocationLog log, FeedKey key, TokenServiceMeter meter, IOptions<RevocationOptions> options, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        if (!key.Exists) return TypedResults.NotFound();
        if (!key.Opens(context.Request.Headers.Authorization))
        {
            // RFC 9110 section 11.6.1: a 401 names the scheme that is asked for.
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"revocations\"";
            return TypedResults.Unauthorized();
        }

        var resumeAfter = long.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : -1;
        return TypedResults.ServerSentEvents(CountedAsync(StreamAsync(log, resumeAfter, options.Value.Heartbeat, time, lifetime.ApplicationStopping, context.RequestAborted), meter));
    }

    private static async IAsyncEnumerable<SseItem<IReadOnlyList<FeedEntry>>> CountedAsync(IAsyncEnumerable<SseItem<IReadOnlyList<FeedEntry>>> items, TokenServiceMeter meter)
    {
        meter.FeedOpened();
        try
        {
            await foreach (var item in items) yield return item;
        }
        finally
        {
            meter.FeedClosed();
        }
    }

    private static async IAsyncEnumerable<SseItem<IReadOnlyList<FeedEntry>>> StreamAsync(
        RevocationLog log, long resumeAfter, TimeSpan heartbeat, TimeProvider time, CancellationToken stopping, [EnumeratorCancellation] CancellationToken aborted)
    {
        // A feed never ends by itself; left open, it would hold up the service's end until the server loses patience.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, aborted);
        var cancellationToken = either.Token;

        // A snapshot of what was known before the database was lost would claim to be whole.
        while (!log.IsLevel && !cancellationToken.IsCancellationRequested)
            await Task.Delay(WhileNotLevel, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (cancellationToken.IsCancellationRequested) yield break;

        // An id from the future is from another database; only a snapshot can be right then.
        var resumes = resumeAfter >= 0 && resumeAfter <= log.LastId;
        var (known, last) = log.Since(resumes ? resumeAfter : 0);
        yield return Item(resumes ? "delta" : "snapshot", known, last);

        while (true)
        {
            var waiting = log.IsNewerWithinAsync(last, heartbeat, cancellationToken);
            await ((Task)waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested) yield break;
            if (!await waiting)
            {
                // Silence while the database cannot be read tells gateways that this feed may miss something.
                if (log.IsLevel) yield return Item("heartbeat", [], last);
                continue;
            }

            (var newer, last) = log.Since(last);
            if (newer.Count > 0) yield return Item("delta", newer, last);
        }
    }

    private static SseItem<IReadOnlyList<FeedEntry>> Item(string type, IReadOnlyList<Revocation> revocations, long id) =>
        new([.. revocations.Select(r => new FeedEntry(r.Id, r.Kind, r.Subject, (r.ExpiresAt + 999) / 1000))], type)
        {
            EventId = id.ToString(CultureInfo.InvariantCulture),
        };
}

/// <summary>The secret that gateways present as a bearer credential.</summary>
internal sealed class FeedKey(IOptions<RevocationOptions> options)
{
    private readonly byte[]? _digest = options.Value.FeedKeyFile is { } file ? SHA256.HashData(Encoding.UTF8.GetBytes(File.ReadAllText(file).Trim())) : null;

    public bool Exists => _digest is not null;

    public bool Opens(string? authorization) =>
        authorization is not null && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(authorization["Bearer ".Length..].Trim())), _digest);
}
