using FrontDoor.TokenService.Documentation;
using FrontDoor.TokenService.Endpoints;
using FrontDoor.TokenService.Keys;

namespace FrontDoor.TokenService.Administration;

/// <summary><c>keys</c>: list, rotate, revoke.</summary>
internal static class KeyRoutes
{
    public static void MapKeys(this IEndpointRouteBuilder administration)
    {
        administration.MapGet("/keys", ListAsync).WithSummary("List signing keys").Produces<KeyView[]>();
        administration.MapPost("/keys/rotate", RotateAsync)
            .WithSummary("Make the next key; with `now` it signs at once instead of after Keys:PublishAhead").TakesFields<NewKey>()
            .Produces<KeyView>(StatusCodes.Status201Created).Produces<Detail>(StatusCodes.Status409Conflict);
        administration.MapPost("/keys/{kid}/revoke", RevokeAsync)
            .WithSummary("Withdraw a key at once: everything that it signed is refused").Produces(StatusCodes.Status204NoContent).Refuses404();
    }

    private static async Task<IResult> ListAsync(HttpContext context, KeyStore keys) =>
        TypedResults.Ok((await keys.ListAsync(context.RequestAborted)).Select(KeyView.Of));

    private static async Task<IResult> RotateAsync(HttpContext context, KeyStore keys)
    {
        var (fields, refusal) = await TextFields.ReadAsync(context);
        if (fields is null) return refusal!;
        var now = fields.ReadFlag("now");
        if (fields.Refusal is { } faults) return faults;

        var made = await keys.RotateAsync(now, CancellationToken.None);
        if (made is null) return Answer.Fault(StatusCodes.Status409Conflict, "A next key exists already.");
        return TypedResults.Created((string?)null, KeyView.Of((await keys.ListAsync(CancellationToken.None)).Single(k => k.Key.Kid == made.Kid)));
    }

    private static async Task<IResult> RevokeAsync(string kid, KeyRevocation keys) =>
        await keys.RevokeAsync(kid, CancellationToken.None) ? TypedResults.NoContent() : Answer.Fault(StatusCodes.Status404NotFound, "Not found.");
}
