using System.Globalization;

namespace FrontDoor.TokenService.Audit;

/// <summary>One row of the audit log as people and programs see it. Times in RFC 3339.</summary>
internal sealed record AuditView(
    long Id, DateTimeOffset At, string Event, string Outcome, string? Actor, string? Subject, string? Address, string? Detail)
{
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    public static AuditView Of(AuditEntry row) => new(
        row.Id, DateTimeOffset.FromUnixTimeMilliseconds(row.At), row.Event, row.Outcome, row.Actor, row.Subject, row.Address, row.Detail);

    /// <summary>Reads a date or a time as RFC 3339 writes it; UTC where no offset is named.</summary>
    public static bool TryReadTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
}
