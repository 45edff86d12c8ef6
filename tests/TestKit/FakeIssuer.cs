using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.TestKit;

/// <summary>An issuer of the test's own: publishes what it is told and signs anything.</summary>
public sealed class FakeIssuer : IAsyncDisposable
{
    public const string Name = "https://issuer.test";
    public const string Audience = "front-door";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private TestServer _server = null!;

    private FakeIssuer()
    {
    }

    /// <summary>Where its documents are; see <see cref="GatewayApp"/>.</summary>
    public (string Issuer, Uri Documents) Trust => (Name, _server.Address);

    public string Kid { get; } = "key-1";

    /// <summary>Replaces the answer at the JWKS address.</summary>
    public RequestDelegate? OnJwks { get; set; }

    /// <summary>Replaces the answer at the address of the discovery document.</summary>
    public RequestDelegate? OnMetadata { get; set; }

    /// <summary>Further entries of the published set, as JSON.</summary>
    public IList<string> FurtherKeys { get; } = [];

    /// <summary>How often its key set was asked for.</summary>
    public int Fetches => _server.Received.Count(r => r.Target == "/jwks");

    /// <summary>All that it was asked.</summary>
    public IReadOnlyCollection<ReceivedRequest> Received => _server.Received;

    public static async Task<FakeIssuer> StartAsync(int port = 0)
    {
        var issuer = new FakeIssuer();
        issuer._server = await TestServer.StartAsync(issuer.AnswerAsync, port);
        return issuer;
    }

    /// <summary>The claims of a good access token; change what the test is about.</summary>
    public static Dictionary<string, object?> GoodClaims(DateTimeOffset now) => new()
    {
        ["iss"] = Name,
        ["sub"] = "42",
        ["aud"] = Audience,
        ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(),
        ["iat"] = now.ToUnixTimeSeconds(),
        ["jti"] = Guid.NewGuid().ToString("N"),
        ["token_type"] = "access",
        ["user_id"] = "42",
        ["name"] = "Alice",
        ["roles"] = Array.Empty<string>(),
        ["scope"] = "orders:read",
    };

    /// <summary>The header of a good access token; change what the test is about.</summary>
    public Dictionary<string, object?> GoodHeader() => new() { ["alg"] = "ES256", ["kid"] = Kid, ["typ"] = "at+jwt" };

    /// <summary>A good token, or one that differs by what the callbacks change.</summary>
    public string Token(Action<Dictionary<string, object?>>? claims = null, Action<Dictionary<string, object?>>? header = null)
    {
        var head = GoodHeader();
        var body = GoodClaims(TimeProvider.System.GetUtcNow());
        header?.Invoke(head);
        claims?.Invoke(body);
        return Sign(JsonSerializer.Serialize(head), JsonSerializer.Serialize(body));
    }

    /// <summary>Signs any two texts.</summary>
    public string Sign(string header, string payload)
    {
        var input = $"{Base64UrlEncoder.Encode(header)}.{Base64UrlEncoder.Encode(payload)}";
        return $"{input}.{Base64UrlEncoder.Encode(_key.SignData(System.Text.Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256))}";
    }

    /// <summary>The published entry of its key.</summary>
    public string PublicJwk(string alg = "ES256", string use = "sig")
    {
        var q = _key.ExportParameters(false).Q;
        return $$"""{"kty":"EC","crv":"P-256","use":"{{use}}","alg":"{{alg}}","kid":"{{Kid}}","x":"{{Base64UrlEncoder.Encode(q.X)}}","y":"{{Base64UrlEncoder.Encode(q.Y)}}"}""";
    }

    public string PublicKeyPem() => _key.ExportSubjectPublicKeyInfoPem();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _key.Dispose();
    }

    private Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/.well-known/openid-configuration" when OnMetadata is { } other => other(context),
        "/.well-known/openid-configuration" => context.Response.WriteAsync($$"""{"issuer":"{{Name}}","jwks_uri":"{{Name}}/jwks"}"""),
        "/jwks" when OnJwks is { } other => other(context),
        "/jwks" => context.Response.WriteAsync($$"""{"keys":[{{string.Join(",", FurtherKeys.Prepend(PublicJwk()))}}]}"""),
        _ => NotFound(context),
    };

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
