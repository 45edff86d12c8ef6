using System.Net;
using System.Text;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>An issuer whose HMAC secrets this gateway has in a file.</summary>
public sealed class SecretIssuerTests : IDisposable
{
    private const string Name = "https://hmac.test";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task EachSecret_VerifiesItsOwnAlgorithmAlone_AndNothingIsFetched()
    {
        await using var gateway = await StartAsync("a:HS256", "b:HS384", "c:HS512", algorithms: ["HS256", "HS384", "HS512"]);
        foreach (var (kid, own) in new[] { ("a", "HS256"), ("b", "HS384"), ("c", "HS512") })
        {
            foreach (var algorithm in new[] { "HS256", "HS384", "HS512" })
            {
                if (algorithm == own) await gateway.AcceptsAsync(Token(algorithm, kid));
                else await gateway.RefusesAsync(Token(algorithm, kid), $"{kid} with {algorithm}");
            }

            await gateway.RefusesAsync(Token("ES256", kid), "an algorithm that is not allowed");
            await gateway.RefusesAsync(Token("none", kid), "none");
        }

        await gateway.RefusesAsync(Token("HS256", "d"), "an unknown kid");
        await gateway.RefusesAsync(Token("HS256", null), "no kid");
        await gateway.RefusesAsync(Token("HS256", "a", secretOf: "b"), "another secret");
        Assert.DoesNotContain(gateway.App.Logs.All, l => l.Contains($"could not be fetched from {Name}", StringComparison.Ordinal));
        Assert.DoesNotContain(gateway.App.Logs.All, l => l.Contains(Convert.ToBase64String(Hmac.KeyOf("a"))[..20], StringComparison.Ordinal));
    }

    [Fact]
    public async Task AlgorithmThatIsNotAllowed_IsRefusedThoughTheFileHasItsKey()
    {
        await using var gateway = await StartAsync("a:HS256", "b:HS512", algorithms: ["HS256"]);
        await gateway.AcceptsAsync(Token("HS256", "a"));
        await gateway.RefusesAsync(Token("HS512", "b"));
    }

    [Fact]
    public async Task NextSecret_IsKnownWithoutARestartAndAWithdrawnOneIsRefused()
    {
        await using var gateway = await StartAsync("a:HS256");
        var (a, b) = (Token("HS256", "a"), Token("HS256", "b"));
        await gateway.AcceptsAsync(a);
        _folder.WriteSecrets("secrets.json", "a:HS256", next: "b:HS256");
        await gateway.AcceptsAsync(b); // read inside the request that met it first
        await gateway.AcceptsAsync(a);

        _folder.WriteSecrets("secrets.json", "b:HS256");
        gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        await Until.TrueAsync(() => StatusOf(gateway, a) == HttpStatusCode.Unauthorized, "the remembered token of the withdrawn secret is refused");
        await gateway.AcceptsAsync(b);
    }

    [Fact]
    public async Task SpoiltFile_ChangesNothingUntilItIsMended()
    {
        await using var gateway = await StartAsync("a:HS256");
        _folder.WritePrivate("secrets.json", "{");
        gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        await Until.TrueAsync(() => gateway.App.Logs.All.Any(l => l.Contains("the secrets known before stay", StringComparison.Ordinal)), "the fault is reported");
        await gateway.AcceptsAsync(Token("HS256", "a"));
        _folder.WriteSecrets("secrets.json", "b:HS256");
        await gateway.AcceptsAsync(Token("HS256", "b"));
    }

    // RFC 8725 sections 2.1 and 3.1: whichever way round, a key of one kind verifies nothing of the other.
    [Fact]
    public async Task BothKindsOfKeys_AreNotMixedUp()
    {
        await using var gateway = await ClockedGateway.StartAsync(new()
        {
            ["Issuers:token-service:SecretFile"] = _folder.WriteSecrets("secrets.json", "a:HS256"),
        });
        var issuer = gateway.Issuer;
        var claims = FakeIssuer.GoodClaims(gateway.Clock.GetUtcNow());
        await gateway.AcceptsAsync(issuer.Token());
        await gateway.AcceptsAsync(Signed("HS256", "a", Hmac.KeyOf("a")));
        await gateway.RefusesAsync(Signed("HS256", issuer.Kid, Hmac.KeyOf("a")), "the secret under the public key's name");
        await gateway.RefusesAsync(issuer.Token(header: h => h["kid"] = "a"), "the private key under the secret's name");
        await gateway.RefusesAsync(issuer.Token(header: h => (h["kid"], h["alg"]) = ("a", "HS256")), "a signature that is no HMAC");
        foreach (var text in new[] { issuer.PublicKeyPem(), issuer.PublicKeyPem().TrimEnd(), issuer.PublicJwk(), "" })
        {
            await gateway.RefusesAsync(Signed("HS256", issuer.Kid, Encoding.ASCII.GetBytes(text)), "the public key as the secret");
            await gateway.RefusesAsync(Signed("HS256", "a", Encoding.ASCII.GetBytes(text)), "the public key as the secret, under the secret's name");
        }

        // A published secret, under a new name and under the file's.
        issuer.FurtherKeys.Add($$"""{"kty":"oct","use":"sig","alg":"HS256","kid":"p","k":"{{Convert.ToBase64String(Hmac.KeyOf("p")).Replace('+', '-').Replace('/', '_').TrimEnd('=')}}"}""");
        issuer.FurtherKeys.Add($$"""{"kty":"oct","use":"sig","alg":"HS256","kid":"a","k":"{{Convert.ToBase64String(Hmac.KeyOf("p")).Replace('+', '-').Replace('/', '_').TrimEnd('=')}}"}""");
        gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        await gateway.RefusesAsync(Signed("HS256", "p", Hmac.KeyOf("p")), "a secret that was published");
        await gateway.RefusesAsync(Signed("HS256", "a", Hmac.KeyOf("p")), "a published secret under the file's name");

        string Signed(string algorithm, string kid, byte[] key) => Hmac.Sign(key, new Dictionary<string, object?> { ["alg"] = algorithm, ["kid"] = kid, ["typ"] = "at+jwt" }, claims);
    }

    [Fact]
    public async Task IssuerThatWasNeverReached_IsNotYetKnown_ButItsSecretsAre()
    {
        await using var gateway = await ClockedGateway.StartAsync(new()
        {
            ["Issuers:token-service:SecretFile"] = _folder.WriteSecrets("secrets.json", "a:HS256"),
            ["Issuers:token-service:MetadataAddress"] = "http://127.0.0.1:1/",
        });
        var header = new Dictionary<string, object?> { ["alg"] = "HS256", ["kid"] = "a", ["typ"] = "at+jwt" };
        await gateway.AcceptsAsync(Hmac.Sign(Hmac.KeyOf("a"), header, FakeIssuer.GoodClaims(gateway.Clock.GetUtcNow())));
        using var answer = await gateway.GetAsync(gateway.Issuer.Token());
        await ProblemAssert.IsAsync(answer, HttpStatusCode.ServiceUnavailable, "issuer_unavailable");
    }

    private static HttpStatusCode StatusOf(ClockedGateway gateway, string token)
    {
        using var answer = gateway.GetAsync(token).GetAwaiter().GetResult();
        return answer.StatusCode;
    }

    private static string Token(string algorithm, string? kid, string? secretOf = null)
    {
        var claims = FakeIssuer.GoodClaims(TimeProvider.System.GetUtcNow());
        claims["iss"] = Name;
        claims["exp"] = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        var header = new Dictionary<string, object?> { ["alg"] = algorithm, ["typ"] = "at+jwt" };
        if (kid is not null) header["kid"] = kid;
        return Hmac.Sign(Hmac.KeyOf(secretOf ?? kid ?? "a"), header, claims);
    }

    private Task<ClockedGateway> StartAsync(string current, string? next = null, string? previous = null, string[]? algorithms = null)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Issuers:hmac:Issuer"] = Name,
            ["Issuers:hmac:Audiences:0"] = FakeIssuer.Audience,
            ["Issuers:hmac:SecretFile"] = _folder.WriteSecrets("secrets.json", current, next, previous),
        };
        foreach (var (i, algorithm) in (algorithms ?? []).Index()) settings[$"Issuers:hmac:Algorithms:{i}"] = algorithm;
        return ClockedGateway.StartAsync(settings);
    }
}
