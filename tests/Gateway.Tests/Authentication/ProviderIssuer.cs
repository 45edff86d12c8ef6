using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>An identity provider as one can rent it: RS256, a discovery document below a path, a key for encryption beside the one that signs.</summary>
internal sealed class ProviderIssuer : IAsyncDisposable
{
    private readonly RSA _key = RSA.Create(2048);
    private readonly TestServer _server;

    private ProviderIssuer(TestServer server) => _server = server;

    /// <summary>Its <c>iss</c>.</summary>
    public string Name { get; private init; } = "";

    /// <summary>The public key as PEM.</summary>
    public string Pem => _key.ExportSubjectPublicKeyInfoPem();

    /// <param name="path">Below which its documents are, e.g. <c>/realms/demo</c>.</param>
    /// <param name="slash">Whether its name ends with a slash, as Auth0's does.</param>
    public static async Task<ProviderIssuer> StartAsync(string path, bool slash = false)
    {
        ProviderIssuer? issuer = null;
        var server = await TestServer.StartAsync(context => issuer!.AnswerAsync(context, path));
        return issuer = new(server) { Name = server.Address.AbsoluteUri.TrimEnd('/') + path + (slash ? "/" : "") };
    }

    /// <summary>A gateway's settings for it, its documents found below its name.</summary>
    public Dictionary<string, string?> Settings(params (string Name, string Value)[] further) => further
        .Append(("Issuer", Name)).Append(("MetadataAddress", Name.TrimEnd('/') + "/.well-known/openid-configuration")).Append(("Algorithms:0", "RS256"))
        .ToDictionary(s => $"Issuers:provider:{s.Item1}", s => (string?)s.Item2);

    /// <summary>Signs the claims, a JSON object without <c>iss</c>, <c>iat</c> and <c>exp</c>.</summary>
    public string Token(string claims, string? typ = "JWT", string? kid = "sig", string? name = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var header = JsonSerializer.Serialize(new Dictionary<string, string?> { ["alg"] = "RS256", ["typ"] = typ, ["kid"] = kid }.Where(h => h.Value is not null).ToDictionary());
        var input = $"{Base64UrlEncoder.Encode(header)}.{Base64UrlEncoder.Encode($$"""{"iss":"{{name ?? Name}}","iat":{{now}},"exp":{{now + 300}},{{claims.TrimStart()[1..]}}""")}";
        return $"{input}.{Base64UrlEncoder.Encode(_key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private Task AnswerAsync(HttpContext context, string path)
    {
        if (context.Request.Path == path + "/.well-known/openid-configuration") return context.Response.WriteAsync($$"""{"issuer":"{{Name}}","jwks_uri":"{{_server.Address}}keys"}""");
        var p = _key.ExportParameters(includePrivateParameters: false);
        var (n, e) = (Base64UrlEncoder.Encode(p.Modulus), Base64UrlEncoder.Encode(p.Exponent));
        return context.Response.WriteAsync($$"""{"keys":[{"kid":"enc","kty":"RSA","alg":"RSA-OAEP","use":"enc","n":"{{n}}","e":"{{e}}"},{"kid":"sig","kty":"RSA","alg":"RS256","use":"sig","n":"{{n}}","e":"{{e}}","x5c":["AA=="]}]}""");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _key.Dispose();
    }
}
