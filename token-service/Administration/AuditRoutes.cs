using System.Globalization;
using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Documentation;
using FrontDoor.TokenService.Endpoints;

namespace FrontDoor.TokenService.Administration;

/// <summary><c>audit</c>: the log, the newest first.</summary>
internal static class AuditRoutes
{
    public static void MapAudit(this IEndpointRouteBuilder administration) =>
        administration.MapGet("/audit", ListAsync).WithSummary("Read the audit log, the newest first").Produces<Page<AuditView>>().Refuses400()
            .WithQuery("since", "The first moment, RFC 3339").WithQuery("until", "The first moment no longer wanted")
            .WithQuery("event", $"One of {string.Join(", ", AuditEvents.All)}")
            .WithQuery("actor", "Who: the id of a user or client, or `command` or `service`").WithQuery("subject", "The id of a user, session, client or key")
            .WithQuery("before", "The `next` of the page before").WithQuery("limit", $"From 1 to {AuditTrail.MostRows}; default 50");

    private static async Task<IResult> ListAsync(HttpContext context, AuditTrail trail)
    {
        var query = new QueryFields(context.Request.Query);
        var filter = new AuditFilter(
            query.Time("since"), query.Time("until"), query.OneOf("event", AuditEvents.All), query.Text("actor"), query.Text("subject"),
            query.Whole("before", 1, long.MaxValue));
        var limit = (int)(query.Whole("limit", 1, AuditTrail.MostRows) ?? 50);
        if (query.Refusal is { } refusal) return refusal;

        var rows = await trail.ListAsync(filter, limit + 1, context.RequestAborted);
        return TypedResults.Ok(Page<AuditView>.Of(rows.ConvertAll(AuditView.Of), limit, row => row.Id.ToString(CultureInfo.InvariantCulture)));
    }
}
