using FrontDoor.TokenService.Storage;

namespace FrontDoor.TokenService.Audit;

/// <summary>Appends to the audit log. A row joins the caller's transaction where there is one: what is rolled back was not done.</summary>
internal sealed class AuditLog(TokenDb db, AuditSource source, TimeProvider clock)
{
    /// <param name="what">One of <see cref="AuditEvents"/>.</param>
    /// <param name="subject">The id of the user, session, client or key it was done to.</param>
    /// <param name="detail">What else a reader needs; cut at <see cref="AuditEntry.MaxText"/> characters. Never a token, password or key.</param>
    public Task SucceededAsync(string what, string? subject, string? detail = null, CancellationToken cancellationToken = default) =>
        AppendAsync(what, "success", subject, detail, cancellationToken);

    /// <inheritdoc cref="SucceededAsync"/>
    public Task FailedAsync(string what, string? subject, string? detail = null, CancellationToken cancellationToken = default) =>
        AppendAsync(what, "failure", subject, detail, cancellationToken);

    private async Task AppendAsync(string what, string outcome, string? subject, string? detail, CancellationToken cancellationToken)
    {
        db.Audit.Add(new AuditEntry
        {
            At = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Event = what,
            Outcome = outcome,
            Actor = source.Actor,
            Subject = subject,
            Address = source.Address,
            Detail = detail is { Length: > AuditEntry.MaxText } ? detail[..AuditEntry.MaxText] : detail,
        });
        await db.SaveChangesAsync(cancellationToken);
    }
}
