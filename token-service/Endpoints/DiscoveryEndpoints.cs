using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Keys;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>Public keys (RFC 7517) and metadata (OpenID Connect Discovery, RFC 8414). Nothing of the request is reflected.</summary>
internal static class DiscoveryEndpoints
{
    public const string JwksPath = "/.well-known/jwks.json";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapDiscovery(this IEndpointRouteBuilder app)
    {
        var discovery = app.MapGroup("").WithTags("Discovery");
        discovery.MapMethods(JwksPath, Methods, (HttpContext context, KeyRing ring) => Cached(context, new PublishedKeys(ring.Published)))
            .WithSummary("Public keys").Produces<PublishedKeys>();
        discovery.MapMethods("/.well-known/openid-configuration", Methods, Metadata).WithSummary("OpenID Connect discovery").Produces<Discovery>();
        discovery.MapMethods("/.well-known/oauth-authorization-server", Methods, Metadata).WithSummary("Metadata of RFC 8414").Produces<Discovery>();
    }

    private static FileContentHttpResult Metadata(HttpContext context, IOptions<AccessTokenOptions> options, KeyRing ring) => Cached(context, new Discovery(
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
        [.. ring.Published.Select(k => k.Alg).Distinct()]));

    // A strong validator, so that the framework answers If-None-Match with 304 (RFC 9110 section 13.1.2).
    private static FileContentHttpResult Cached<T>(HttpContext context, T document)
    {
        // Short: a new key has to be seen well before it signs.
        context.Response.Headers.CacheControl = "public, max-age=60";
        var bytes = JsonSerializer.SerializeToUtf8Bytes(document, (JsonTypeInfo<T>)DiscoveryJson.Default.GetTypeInfo(typeof(T))!);
        return TypedResults.Bytes(bytes, "application/json", entityTag: new EntityTagHeaderValue($"\"{Base64Url.EncodeToString(SHA256.HashData(bytes))}\""));
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
