using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Observability;
using FrontDoor.TokenService.Users;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.RefreshTokens;

/// <summary>A pair for one state of a session.</summary>
internal sealed record IssuedPair(string Access, string Refresh);

/// <summary>What a refresh gave.</summary>
/// <param name="Access">Null when it was refused.</param>
/// <param name="Refresh">Null also when the one that was presented stays (<see cref="RefreshTokenOptions.Rotation"/>).</param>
internal readonly record struct RefreshResult(RefreshVerdict Verdict, string? Access = null, string? Refresh = null);

/// <summary>The life of a session: begin, rotate, look at, end.</summary>
internal sealed partial class Sessions(
    SessionStore store,
    AuditSource source,
    AccessTokenIssuer accessTokens,
    RefreshTokenIssuer refreshTokens,
    TokenServiceMeter meter,
    IOptions<RefreshTokenOptions> options,
    TimeProvider time,
    ILogger<Sessions> logger)
{
    /// <param name="scopes">What the sign-in asked for; null for all that the user may have.</param>
    /// <returns>Null when the user was disabled or changed the password after it was checked.</returns>
    public async Task<IssuedPair?> BeginAsync(User user, string? scopes, string? userAgent, string? address, CancellationToken cancellationToken) =>
        await StartAsync(user, scopes, userAgent, address, options.Value.Lifetime, options.Value.AbsoluteLifetime, origin: null, cancellationToken) is { } session
            ? new IssuedPair(accessTokens.Issue(session), refreshTokens.Issue(session))
            : null;

    /// <summary>Begins a session for a refresh token of another issuer; answers as a refresh does.</summary>
    /// <param name="origin">For the audit log: what it was begun by.</param>
    /// <param name="scopes">Narrows the access token of this answer; null does not.</param>
    public async Task<RefreshResult> TakeOverAsync(User user, string origin, string? scopes, string? userAgent, string? address, CancellationToken cancellationToken)
    {
        var session = await StartAsync(user, scopes: null, userAgent, address, options.Value.Lifetime, options.Value.AbsoluteLifetime, origin, cancellationToken);
        if (session is null) return new(RefreshVerdict.UserInactive);
        return scopes is null || accessTokens.Allows(session, scopes) ? Result(RefreshVerdict.Current, session, scopes) : new(RefreshVerdict.BeyondScope);
    }

    /// <summary>Makes the row of a session, whatever tokens it is to have.</summary>
    /// <param name="origin">For the audit log: what it was begun by where that is not a sign-in.</param>
    /// <inheritdoc cref="BeginAsync"/>
    public Task<RotatedSession?> StartAsync(
        User user, string? scopes, string? userAgent, string? address, TimeSpan lifetime, TimeSpan absoluteLifetime, string? origin, CancellationToken cancellationToken)
    {
        source.Actor ??= user.Id; // nobody was signed in until now
        var now = Now;
        var absolute = now + Milliseconds(absoluteLifetime);
        var session = new Session
        {
            Id = SessionStore.NewId(),
            UserId = user.Id,
            RefreshJti = SessionStore.NewId(),
            CreatedAt = now,
            RotatedAt = now,
            ExpiresAt = Math.Min(now + Milliseconds(lifetime), absolute),
            AbsoluteExpiresAt = absolute,
            UserAgent = Session.CutUserAgent(userAgent),
            Address = address,
            Scopes = scopes,
        };
        return store.CreateAsync(session, user.CredentialVersion, origin, cancellationToken);
    }

    /// <summary>Exchanges a refresh token for its successor; of N at once all get the same one. Without rotation, for an access token.</summary>
    /// <param name="scopes">Narrows the access token of this answer (RFC 6749 section 6); null does not.</param>
    public async Task<RefreshResult> RotateAsync(IssuedToken token, string? scopes, CancellationToken cancellationToken)
    {
        var result = await TryRotateAsync(token, scopes, cancellationToken);
        meter.Refreshed(result.Verdict == RefreshVerdict.Current ? "Issued" : result.Verdict.ToString());
        return result;
    }

    private async Task<RefreshResult> TryRotateAsync(IssuedToken token, string? scopes, CancellationToken cancellationToken)
    {
        var counter = token.Counter ?? throw new ArgumentException("An access token does not rotate", nameof(token));
        // Before the rotation: a refusal must not use the refresh token up.
        if (scopes is not null && await JudgeAsync(token, cancellationToken) is (
                { } asking, RefreshVerdict.Current or RefreshVerdict.Grace) && !accessTokens.Allows(asking, scopes))
            return new(RefreshVerdict.BeyondScope);
        if (!options.Value.Rotates) return await KeepAsync(token, scopes, cancellationToken);

        // Twice: between a lost swap and the look at the row a node can only have moved it on, so a second loss has another verdict.
        for (var attempt = 0; ; attempt++)
        {
            var now = Now;
            var rotated = await store.RotateAsync(token.SessionId, counter, now, now + Milliseconds(options.Value.Lifetime), cancellationToken);
            if (rotated is not null) return Result(RefreshVerdict.Current, rotated, scopes);

            var (session, verdict) = await JudgeAsync(token, cancellationToken);
            switch (verdict)
            {
                case RefreshVerdict.Current when attempt == 0:
                    continue;
                case RefreshVerdict.Grace:
                    return Result(verdict, session!, scopes);
                case RefreshVerdict.Reuse:
                    await EndReusedAsync(session!, now, cancellationToken);
                    return new(verdict);
                default:
                    return new(verdict);
            }
        }
    }

    // One statement that reads. A token that rotation superseded before it was switched off is still a stolen one.
    private async Task<RefreshResult> KeepAsync(IssuedToken token, string? scopes, CancellationToken cancellationToken)
    {
        var (session, verdict) = await JudgeAsync(token, cancellationToken);
        if (verdict == RefreshVerdict.Reuse) await EndReusedAsync(session!, Now, cancellationToken);
        return verdict is RefreshVerdict.Current or RefreshVerdict.Grace ? new(verdict, accessTokens.Issue(AtThisMoment(session!), scopes)) : new(verdict);
    }

    // A token that belongs to no rotation has an id of its own.
    private RotatedSession AtThisMoment(RotatedSession session) => session with { RotatedAt = Now, RefreshJti = SessionStore.NewId() };

    private async Task EndReusedAsync(RotatedSession session, long now, CancellationToken cancellationToken)
    {
        if ((await store.EndAsync(new(Id: session.Id), SessionEnd.ReuseDetected, now, cancellationToken)).Count > 0)
            Log.ReuseDetected(logger, session.Id, session.UserId);
    }

    /// <summary>What the session says of a token right now. Access tokens are judged by their session alone.</summary>
    public async Task<RefreshVerdict> LookAsync(IssuedToken token, CancellationToken cancellationToken) => (await JudgeAsync(token, cancellationToken)).Verdict;

    /// <inheritdoc cref="LookAsync"/>
    public async Task<(RotatedSession? Session, RefreshVerdict Verdict)> JudgeAsync(IssuedToken token, CancellationToken cancellationToken)
    {
        var session = await store.FindAsync(token.SessionId, cancellationToken);
        if (session is null && !await store.HasUserAsync(token.UserId, cancellationToken)) return (null, RefreshVerdict.UserGone);
        return (session, RefreshRule.Judge(session, token.Counter ?? session?.Counter ?? 0, Now, Milliseconds(options.Value.Grace)));
    }

    /// <returns>Why the session was ended; null while it lives.</returns>
    public Task<SessionEnd?> EndReasonAsync(string id, CancellationToken cancellationToken) => store.EndReasonAsync(id, cancellationToken);

    /// <summary>Signs out.</summary>
    /// <returns>False when there was no living session to end.</returns>
    public async Task<bool> EndAsync(IssuedToken token, CancellationToken cancellationToken) =>
        (await store.EndAsync(new(Id: token.SessionId), SessionEnd.SignedOut, Now, cancellationToken)).Count > 0;

    /// <summary>Ends one session of this user.</summary>
    /// <returns>False when the user has no such living session.</returns>
    public async Task<bool> EndAsync(string userId, string id, CancellationToken cancellationToken) =>
        (await store.EndAsync(new(Id: id, UserId: userId), SessionEnd.SignedOut, Now, cancellationToken)).Count > 0;

    /// <summary>Ends all sessions of this user.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="except">The one to keep; null for none.</param>
    /// <returns>How many were ended.</returns>
    public async Task<int> EndAllAsync(string userId, string? except, SessionEnd reason, CancellationToken cancellationToken) =>
        (await store.EndAsync(new(UserId: userId, Except: except), reason, Now, cancellationToken)).Count;

    /// <summary>Ends a session, whosever it is.</summary>
    /// <returns>False when there is no such living session.</returns>
    public async Task<bool> EndAsAdministratorAsync(string id, CancellationToken cancellationToken) =>
        (await store.EndAsync(new(Id: id), SessionEnd.EndedByAdministrator, Now, cancellationToken)).Count > 0;

    /// <inheritdoc cref="SessionStore.LivingOfAsync"/>
    public Task<List<Session>> LivingOfAsync(string userId, SessionPlace? before, int limit, CancellationToken cancellationToken) =>
        store.LivingOfAsync(userId, Now, before, limit, cancellationToken);

    private RefreshResult Result(RefreshVerdict verdict, RotatedSession session, string? scopes) =>
        new(verdict, accessTokens.Issue(session, scopes), refreshTokens.Issue(session));

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A superseded refresh token was presented: session {SessionId} of user {UserId} has been ended")]
        public static partial void ReuseDetected(ILogger logger, string sessionId, string userId);
    }
}
