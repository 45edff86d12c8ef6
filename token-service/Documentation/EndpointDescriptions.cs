using FrontDoor.TokenService.Endpoints;

namespace FrontDoor.TokenService.Documentation;

/// <summary>Says that a request carries an access token.</summary>
internal sealed record NeedsAccessToken;

/// <summary>What the body of a request has.</summary>
/// <remarks>ASP.NET Core's own <c>Accepts</c> would also choose the route by media type, and so answer 415 before anybody asked who is there.</remarks>
internal sealed record BodyFields(Type Type);

/// <summary>A parameter of the query that the endpoint reads by itself.</summary>
internal sealed record QueryParameter(string Name, string Description);

/// <summary>How endpoints describe themselves for the OpenAPI document, where the framework cannot see it.</summary>
internal static class EndpointDescriptions
{
    private static readonly string[] Json = ["application/json"];

    public static T SignedIn<T>(this T endpoint)
        where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new NeedsAccessToken(), Refusal<Detail>(StatusCodes.Status401Unauthorized));

    /// <typeparam name="T">Has a property for each field; one that may be absent is nullable and has a default.</typeparam>
    public static RouteHandlerBuilder TakesFields<T>(this RouteHandlerBuilder endpoint) => endpoint.Refuses400().WithMetadata(
        new BodyFields(typeof(T)), Refusal<Detail>(StatusCodes.Status413PayloadTooLarge), Refusal<Detail>(StatusCodes.Status415UnsupportedMediaType));

    public static RouteHandlerBuilder Refuses400(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(Refusal<Dictionary<string, string[]>>(StatusCodes.Status400BadRequest));

    public static RouteHandlerBuilder Refuses404(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(Refusal<Detail>(StatusCodes.Status404NotFound));

    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder endpoint, string name, string description) =>
        endpoint.WithMetadata(new QueryParameter(name, description));

    private static ProducesResponseTypeMetadata Refusal<T>(int status) => new(status, typeof(T), Json);
}
