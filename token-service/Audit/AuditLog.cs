using FrontDoor.TokenService.Storage;
using Microsoft.EntityFrameworkCore;

namespace FrontDoor.TokenService.Audit;

/// <summary>
/// Appends to the audit log. A row joins the caller's transaction where there is one: what is rolled back was not done. It is a statement of its own and
/// no tracked entity, so that nothing else of the caller's is saved along.
/// </summary>
internal sealed class AuditLog(TokenDb db, AuditSource source, FailureBudget failures, TimeProvider clock)
{
    /// <param name="what">One of <see cref="AuditEvents"/>.</param>
    /// <param name="subject">The id of the user, session, client or key it was done to.</param>
    /// <param name="detail">What else a reader needs; cut at <see cref="AuditEntry.MaxText"/> characters. Never a token, password or key.</param>
    public Task SucceededAsync(string what, string? subject, string? detail = null, CancellationToken cancellationToken = default) =>
        AppendAsync(what, "success", source.Actor, subject, source.Address, detail, cancellationToken);

    /// <summary>As above for many subjects, a row each, in one statement.</summary>
    /// <param name="subjects">Ids that fit the column.</param>
    public async Task EachSucceededAsync(string what, IEnumerable<string> subjects, string? detail, CancellationToken cancellationToken)
    {
        var at = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var sql = $$"""
            INSERT INTO "Audit" ("At", "Event", "Outcome", "Actor", "Subject", "Address", "Detail")
            SELECT {0}, {1}, 'success', NULLIF({2}, ''), value, NULLIF({3}, ''), NULLIF({4}, '') FROM {{TextRows.From(db, "{5}")}}
            """;
        await db.Database.ExecuteSqlRawAsync(
            sql,
            [at, what, Cut(source.Actor, 64) ?? "", Cut(source.Address, 64) ?? "", Cut(detail, AuditEntry.MaxText) ?? "", TextRows.Of(subjects)],
            cancellationToken);
    }

    /// <summary>As above, but of many failures in an hour only the first become rows (<see cref="AuditOptions.FailuresPerHour"/>).</summary>
    /// <inheritdoc cref="SucceededAsync"/>
    public async Task FailedAsync(string what, string? subject, string? detail = null, CancellationToken cancellationToken = default)
    {
        var (write, omitted) = failures.Take(what);
        if (omitted > 0)
            await AppendAsync(what, "failure", AuditSource.Service, subject: null, address: null, $"{omitted} more were not recorded", cancellationToken);
        if (write) await AppendAsync(what, "failure", source.Actor, subject, source.Address, detail, cancellationToken);
    }

    private async Task AppendAsync(
        string what, string outcome, string? actor, string? subject, string? address, string? detail, CancellationToken cancellationToken)
    {
        var at = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "Audit" ("At", "Event", "Outcome", "Actor", "Subject", "Address", "Detail")
            VALUES ({at}, {what}, {outcome}, {Cut(actor, 64)}, {Cut(subject, 128)}, {Cut(address, 64)}, {Cut(detail, AuditEntry.MaxText)})
            """,
            cancellationToken);
    }

    // To the column's width, and never half a pair: PostgreSQL refuses both. An imported user's id is as long as Django made it.
    private static string? Cut(string? text, int width) =>
        text is null || text.Length <= width ? text
        : char.IsHighSurrogate(text[width - 1]) ? text[..(width - 1)]
        : text[..width];
}
