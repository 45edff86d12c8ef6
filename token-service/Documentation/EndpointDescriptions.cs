using FrontDoor.TokenService.Endpoints;

namespace FrontDoor.TokenService.Documentation;

/// <summary>Says that a request carries an access token.</summary>
internal sealed record NeedsAccessToken;

/// <summary>Says that a request carries a client's id and secret.</summary>
internal sealed record NeedsClient;

/// <summary>What the body of a request has, and in which form it may be.</summary>
/// <remarks>ASP.NET Core's own <c>Accepts</c> would also choose the route by media type, and so answer 415 before anybody asked who is there.</remarks>
internal sealed record BodyFields(Type Type, IReadOnlyList<string> MediaTypes);

/// <summary>A parameter of the query that the endpoint reads by itself.</summary>
internal sealed record QueryParameter(string Name, string Description);

/// <summary>How endpoints describe themselves for the OpenAPI document, where the framework cannot see it.</summary>
internal static class EndpointDescriptions
{
    private static readonly string[] Json = ["application/json"];

    public static T SignedIn<T>(this T endpoint)
        where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new NeedsAccessToken(), Refusal<TokenRefusal>(StatusCodes.Status401Unauthorized));

    /// <typeparam name="T">Has a property for each field; one that may be absent is nullable and has a default.</typeparam>
    public static RouteHandlerBuilder TakesFields<T>(this RouteHandlerBuilder endpoint) => endpoint.Refuses400().WithMetadata(
        new BodyFields(typeof(T), RequestData.MediaTypes), Refusal<Detail>(StatusCodes.Status413PayloadTooLarge), Refusal<Detail>(StatusCodes.Status415UnsupportedMediaType));

    /// <summary>A form from a client, refused as RFC 6749 section 5.2 says.</summary>
    /// <inheritdoc cref="TakesFields"/>
    public static RouteHandlerBuilder TakesClientForm<T>(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(
        new NeedsClient(), new BodyFields(typeof(T), [OAuthForm.MediaType]),
        Refusal<OAuthError>(StatusCodes.Status400BadRequest), Refusal<OAuthError>(StatusCodes.Status401Unauthorized),
        Refusal<OAuthError>(StatusCodes.Status413PayloadTooLarge), Refusal<OAuthError>(StatusCodes.Status415UnsupportedMediaType),
        Refusal<OAuthError>(StatusCodes.Status429TooManyRequests));

    public static RouteHandlerBuilder Refuses400(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(Refusal<Dictionary<string, string[]>>(StatusCodes.Status400BadRequest));

    public static RouteHandlerBuilder Refuses404(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(Refusal<Detail>(StatusCodes.Status404NotFound));

    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder endpoint, string name, string description) =>
        endpoint.WithMetadata(new QueryParameter(name, description));

    /// <summary>A page of sessions.</summary>
    public static RouteHandlerBuilder ListsSessions(this RouteHandlerBuilder endpoint) => endpoint.Refuses400()
        .WithDescription("Where there are more, the field `Link` (`rel=\"next\"`) has the address of the next page.")
        .WithQuery("limit", $"From 1 to {SessionPage.Most}; default {SessionPage.Default}").WithQuery("before", "Stands in the address that `Link` gives");

    private static ProducesResponseTypeMetadata Refusal<T>(int status) => new(status, typeof(T), Json);
}
