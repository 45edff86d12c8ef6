using FrontDoor.TokenService.Clients;
using FrontDoor.TokenService.Documentation;
using FrontDoor.TokenService.Endpoints;

namespace FrontDoor.TokenService.Administration;

/// <summary><c>clients</c>: list, add, remove, rotate a secret.</summary>
internal static class ClientRoutes
{
    public static void MapClients(this IEndpointRouteBuilder administration)
    {
        administration.MapGet("/clients", ListAsync).WithSummary("List clients").Produces<ClientView[]>();
        administration.MapPost("/clients", AddAsync).WithSummary("Add a client; its secret is answered this once").TakesFields<NewClient>()
            .Produces<AddedClient>(StatusCodes.Status201Created).Produces<Detail>(StatusCodes.Status409Conflict);
        administration.MapDelete("/clients/{id}", RemoveAsync)
            .WithSummary("Remove a client: its tokens are refused").Produces(StatusCodes.Status204NoContent).Refuses404();
        administration.MapPost("/clients/{id}/rotate-secret", RotateSecretAsync)
            .WithSummary("Make a new secret, answered this once; with `now` the previous one ends at once instead of after Clients:PreviousSecretLifetime")
            .TakesFields<SecretChange>().Produces<NewSecret>().Refuses404();
    }

    private static async Task<IResult> ListAsync(HttpContext context, ClientAdministration clients) =>
        TypedResults.Ok((await clients.ListAsync(context.RequestAborted)).ConvertAll(ClientView.Of));

    private static async Task<IResult> AddAsync(HttpContext context, ClientAdministration clients)
    {
        var (fields, refusal) = await TextFields.ReadAsync(context);
        if (fields is null) return refusal!;
        var id = fields.Read("id", maxLength: ClientRules.MaxId);
        var name = fields.Has("name") ? fields.Read("name", maxLength: ClientRules.MaxName) : null;
        IReadOnlyList<string> scopes = fields.Has("scopes") ? fields.ReadList("scopes", ClientRules.MaxScopes) : [];
        var audience = fields.Has("audience") ? fields.Read("audience", maxLength: ClientRules.MaxAudience) : null;
        foreach (var (field, text) in ClientRules.Faults(id, name, scopes, audience)) fields.Refuse(field, text);
        if (fields.Refusal is { } faults) return faults;

        var (client, secret) = await clients.AddAsync(id, name, scopes, audience, secret: null, CancellationToken.None);
        return TypedResults.Created((string?)null, AddedClient.Of(client, secret));
    }

    private static async Task<IResult> RemoveAsync(string id, ClientAdministration clients) =>
        IsReadable(id) && await clients.RemoveAsync(id, CancellationToken.None) ? TypedResults.NoContent() : NotFound;

    private static async Task<IResult> RotateSecretAsync(HttpContext context, string id, ClientAdministration clients)
    {
        var (fields, refusal) = await TextFields.ReadAsync(context);
        if (fields is null) return refusal!;
        var now = fields.ReadFlag("now");
        if (fields.Refusal is { } faults) return faults;

        return IsReadable(id) && await clients.RotateSecretAsync(id, now, CancellationToken.None) is { } made ? TypedResults.Ok(made) : NotFound;
    }

    // Kestrel leaves %2F in a path as it is, so a/b and a%2Fb look the same here. Neither may be taken for the other; the command takes both.
    private static bool IsReadable(string id) => !id.Contains("%2F", StringComparison.OrdinalIgnoreCase);

    private static Answer NotFound => Answer.Fault(StatusCodes.Status404NotFound, "Not found.");
}
