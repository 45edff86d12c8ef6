using FrontDoor.TestKit;
using FrontDoor.TokenService.Clients;
using FrontDoor.TokenService.Tests.Audit;
using Xunit;

namespace FrontDoor.TokenService.Tests.Clients;

public sealed class ClientOptionsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Defaults_AreLegal() => Assert.True(Validate(new ClientOptions()).Succeeded);

    [Theory]
    [InlineData("00:00:01", "00:00:00")]
    [InlineData("01:00:00", "30.00:00:00")]
    public void LimitsThemselves_AreLegal(string token, string previous) => Assert.True(Validate(Options(token, previous)).Succeeded);

    [Fact]
    public void EveryFault_IsNamedAtOnce()
    {
        var result = Validate(Options("01:00:01", "-00:00:01") with
        {
            Seed = new Dictionary<string, SeedClient>
            {
                ["missing"] = new() { SecretFile = "nowhere" },
                ["short"] = new() { SecretFile = _folder.Write("short", new string('x', 31) + "\n") },
                ["42"] = new() { SecretFile = _folder.Write("good", new string('x', 32)) },
            },
        });
        Assert.Equal(
            [
                "Clients:TokenLifetime is 01:00:01; it must be from 00:00:01 to 01:00:00",
                "Clients:PreviousSecretLifetime is -00:00:01; it must be from 00:00:00 to 30.00:00:00",
                "Clients:Seed:missing:SecretFile names a file that does not exist: 'nowhere'",
                $"Clients:Seed:short:SecretFile must hold at least 32 characters: {_folder.File("short")}",
                "Clients:Seed:42: '42' cannot be a client's id; that is 1 to 64 visible ASCII characters, neither a number nor a UUID",
            ],
            result.Failures);
    }

    [Fact]
    public async Task SeededClient_GetsTokensWithTheSecretOfItsFile_AndAnExistingOneIsLeftAlone()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Clients:TokenLifetime"] = "00:01:00",
            ["Clients:Seed:billing:SecretFile"] = _folder.Write("secret", new string('s', 40) + "\r\n"),
            ["Clients:Seed:billing:Scopes:0"] = "invoices:write",
            ["Clients:Seed:billing:Audience"] = "shop",
        };
        for (var start = 0; start < 2; start++)
        {
            await using var app = TokenServiceApp.Start(settings, _folder);
            using var client = new TokenClient(app.Address);
            var answer = await client.PostAsync("/oauth/token", OAuthClient.Form(("grant_type", "client_credentials")), OAuthClient.Basic("billing:" + new string('s', 40)));
            Assert.Contains("\"expires_in\":60,\"scope\":\"invoices:write\"", answer.Succeeded().Body, StringComparison.Ordinal);
            Assert.Equal("service", Assert.Single(await app.AuditAsync(e => e.Event == "client.added")).Actor);
            settings["Clients:Seed:billing:SecretFile"] = _folder.Write("secret", new string('t', 40));
        }
    }

    private static ClientOptions Options(string token, string previous) => new() { TokenLifetime = TimeSpan.Parse(token, null), PreviousSecretLifetime = TimeSpan.Parse(previous, null) };

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(ClientOptions options) => new ClientOptionsValidator().Validate(null, options);
}
