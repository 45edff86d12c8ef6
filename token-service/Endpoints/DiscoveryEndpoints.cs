using System.Text.Json.Serialization;
using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Keys;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>Public keys (RFC 7517) and metadata (OpenID Connect Discovery, RFC 8414). Nothing of the request is reflected.</summary>
internal static class DiscoveryEndpoints
{
    public const string JwksPath = "/.well-known/jwks.json";

    public static void MapDiscovery(this IEndpointRouteBuilder app)
    {
        var discovery = app.MapGroup("").WithTags("Discovery");
        discovery.MapGet(JwksPath, (HttpContext context, KeyRing ring) => Cached(context, new PublishedKeys(ring.Published)))
            .WithSummary("Public keys").Produces<PublishedKeys>();
        discovery.MapGet("/.well-known/openid-configuration", Metadata).WithSummary("OpenID Connect discovery").Produces<Discovery>();
        discovery.MapGet("/.well-known/oauth-authorization-server", Metadata).WithSummary("Metadata of RFC 8414").Produces<Discovery>();
    }

    private static JsonHttpResult<Discovery> Metadata(HttpContext context, IOptions<AccessTokenOptions> options, KeyRing ring) => Cached(context, new Discovery(
        options.Value.Issuer,
        options.Value.Issuer + JwksPath,
        options.Value.Issuer + OAuthEndpoints.TokenPath,
        options.Value.Issuer + OAuthEndpoints.RevocationPath,
        options.Value.Issuer + OAuthEndpoints.IntrospectionPath,
        OAuthEndpoints.GrantTypes,
        OAuthEndpoints.AuthenticationMethods,
        OAuthEndpoints.AuthenticationMethods,
        OAuthEndpoints.AuthenticationMethods,
        ["public"],
        [],
        ring.Algorithms));

    private static JsonHttpResult<T> Cached<T>(HttpContext context, T document)
    {
        // Short: a new key has to be seen well before it signs.
        context.Response.Headers.CacheControl = "public, max-age=60";
        return TypedResults.Json(document, DiscoveryJson.Default);
    }
}

internal sealed record PublishedKeys(IReadOnlyList<PublishedKey> Keys);

internal sealed record Discovery(
    string Issuer,
    string JwksUri,
    string TokenEndpoint,
    string RevocationEndpoint,
    string IntrospectionEndpoint,
    IReadOnlyList<string> GrantTypesSupported,
    IReadOnlyList<string> TokenEndpointAuthMethodsSupported,
    IReadOnlyList<string> RevocationEndpointAuthMethodsSupported,
    IReadOnlyList<string> IntrospectionEndpointAuthMethodsSupported,
    IReadOnlyList<string> SubjectTypesSupported,
    IReadOnlyList<string> ResponseTypesSupported,
    IReadOnlyList<string> IdTokenSigningAlgValuesSupported);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PublishedKeys))]
[JsonSerializable(typeof(Discovery))]
internal sealed partial class DiscoveryJson : JsonSerializerContext;
