using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Users;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.RefreshTokens;

/// <summary>A pair for one state of a session.</summary>
internal sealed record IssuedPair(string Access, string Refresh);

/// <summary>The life of a session: begin, rotate, look at, end.</summary>
internal sealed partial class Sessions(
    SessionStore store,
    AuditSource source,
    AccessTokenIssuer accessTokens,
    RefreshTokenIssuer refreshTokens,
    IOptions<RefreshTokenOptions> options,
    TimeProvider time,
    ILogger<Sessions> logger)
{
    /// <returns>Null when the user was disabled or changed the password after it was checked.</returns>
    public async Task<IssuedPair?> BeginAsync(User user, string? userAgent, string? address, CancellationToken cancellationToken)
    {
        source.Actor ??= user.Id; // nobody was signed in until now
        var now = Now;
        var absolute = now + Milliseconds(options.Value.AbsoluteLifetime);
        var session = new Session
        {
            Id = SessionStore.NewId(),
            UserId = user.Id,
            RefreshJti = SessionStore.NewId(),
            CreatedAt = now,
            RotatedAt = now,
            ExpiresAt = Math.Min(now + Milliseconds(options.Value.Lifetime), absolute),
            AbsoluteExpiresAt = absolute,
            UserAgent = Session.CutUserAgent(userAgent),
            Address = address,
        };
        return await store.CreateAsync(session, user.CredentialVersion, cancellationToken) is { } created ? Pair(created) : null;
    }

    /// <summary>Exchanges a refresh token for its successor; of N at once all get the same one.</summary>
    public async Task<(IssuedPair? Pair, RefreshVerdict Verdict)> RotateAsync(IssuedToken token, CancellationToken cancellationToken)
    {
        var counter = token.Counter ?? throw new ArgumentException("An access token does not rotate", nameof(token));

        // Twice: between a lost swap and the look at the row a node can only have moved it on, so a second loss has another verdict.
        for (var attempt = 0; ; attempt++)
        {
            var now = Now;
            var rotated = await store.RotateAsync(token.SessionId, counter, now, now + Milliseconds(options.Value.Lifetime), cancellationToken);
            if (rotated is not null) return (Pair(rotated), RefreshVerdict.Current);

            var (session, verdict) = await JudgeAsync(token, counter, cancellationToken);
            switch (verdict)
            {
                case RefreshVerdict.Current when attempt == 0:
                    continue;
                case RefreshVerdict.Grace:
                    return (Pair(session!), verdict);
                case RefreshVerdict.Reuse:
                    if ((await store.EndAsync(s => s.Id == token.SessionId, SessionEnd.ReuseDetected, now, cancellationToken)).Count > 0)
                        Log.ReuseDetected(logger, token.SessionId, session!.UserId);
                    return (null, verdict);
                default:
                    return (null, verdict);
            }
        }
    }

    /// <summary>What the session says of a token right now. Access tokens are judged by their session alone.</summary>
    public async Task<RefreshVerdict> LookAsync(IssuedToken token, CancellationToken cancellationToken) =>
        (await JudgeAsync(token, token.Counter, cancellationToken)).Verdict;

    /// <summary>Signs out.</summary>
    /// <returns>False when there was no living session to end.</returns>
    public async Task<bool> EndAsync(IssuedToken token, CancellationToken cancellationToken) =>
        (await store.EndAsync(s => s.Id == token.SessionId, SessionEnd.SignedOut, Now, cancellationToken)).Count > 0;

    /// <summary>Ends one session of this user.</summary>
    /// <returns>False when the user has no such living session.</returns>
    public async Task<bool> EndAsync(string userId, string id, CancellationToken cancellationToken) =>
        (await store.EndAsync(s => s.UserId == userId && s.Id == id, SessionEnd.SignedOut, Now, cancellationToken)).Count > 0;

    /// <summary>Ends all sessions of this user.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="except">The one to keep; null for none.</param>
    /// <returns>How many were ended.</returns>
    public async Task<int> EndAllAsync(string userId, string? except, SessionEnd reason, CancellationToken cancellationToken) =>
        (await store.EndAsync(s => s.UserId == userId && s.Id != except, reason, Now, cancellationToken)).Count;

    /// <summary>Ends a session, whosever it is.</summary>
    /// <returns>False when there is no such living session.</returns>
    public async Task<bool> EndAsAdministratorAsync(string id, CancellationToken cancellationToken) =>
        (await store.EndAsync(s => s.Id == id, SessionEnd.EndedByAdministrator, Now, cancellationToken)).Count > 0;

    public Task<List<Session>> LivingOfAsync(string userId, CancellationToken cancellationToken) => store.LivingOfAsync(userId, Now, cancellationToken);

    private async Task<(RotatedSession? Session, RefreshVerdict Verdict)> JudgeAsync(IssuedToken token, long? counter, CancellationToken cancellationToken)
    {
        var session = await store.FindAsync(token.SessionId, cancellationToken);
        return (session, RefreshRule.Judge(session, counter ?? session?.Counter ?? 0, Now, Milliseconds(options.Value.Grace)));
    }

    private IssuedPair Pair(RotatedSession session) => new(accessTokens.Issue(session.ToSubject(), session), refreshTokens.Issue(session));

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A superseded refresh token was presented: session {SessionId} of user {UserId} has been ended")]
        public static partial void ReuseDetected(ILogger logger, string sessionId, string userId);
    }
}
