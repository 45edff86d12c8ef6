using System.Net;
using System.Security.Cryptography;
using FrontDoor.Gateway.InternalTokens;
using FrontDoor.Gateway.Tests.Configuration;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.InternalTokens;

public sealed class InternalKeyTests(SharedGateway gateway)
{
    private static readonly Uri KeysPath = new("/.well-known/gateway-jwks.json", UriKind.Relative);

    [Fact]
    public async Task KeyFile_IsMadeForItsOwnerAloneAndKeptAcrossStarts()
    {
        using var folder = new TestFolder();
        var first = await PublishedAsync(folder.File("key.pem"));
        Assert.Equal(first, await PublishedAsync(folder.File("key.pem")));
        Assert.Equal(["key.pem"], Directory.GetFiles(folder.FullPath).Select(Path.GetFileName));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("key.pem")));
    }

    [Fact]
    public async Task KeyInMemory_IsAnotherWithEachStart() => Assert.NotEqual(await PublishedAsync(null), await PublishedAsync(null));

    [Fact]
    public async Task WithoutClusters_NoKeyIsPublished()
    {
        using var answer = await gateway.GetAsync(KeysPath.OriginalString);
        Assert.NotEqual("application/jwk-set+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public void KeyFileThatIsNoPrivateKeyOfItsOwner_IsAFault()
    {
        using var folder = new TestFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        foreach (var text in new[] { "", "secret-text", key.ExportSubjectPublicKeyInfoPem(), other.ExportPkcs8PrivateKeyPem() })
        {
            var file = Private(folder.Write("bad.pem", text));
            Assert.Equal([$"InternalTokens:KeyFile: {file} is not a private key of the curve P-256 in PEM form"], Faults(("KeyFile", file)));
        }

        var missing = folder.File("none/key.pem");
        Assert.Equal([$"InternalTokens:KeyFile: {folder.File("none")} does not exist, so no key can be kept there"], Faults(("KeyFile", missing)));
        if (OperatingSystem.IsWindows()) return;
        var open = folder.Write("open.pem", key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(open, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Equal([$"InternalTokens:KeyFile: {open} can be read by other users of this machine. Run: chmod 600 '{open}'"], Faults(("KeyFile", open)));
    }

    [Theory]
    [InlineData("Issuer", " ", "InternalTokens:Issuer is missing; it is the iss claim that back ends expect")]
    [InlineData("KeyFile", "", "InternalTokens:KeyFile: it is empty; leave it out for a key in memory")]
    [InlineData("Lifetime", "00:00:09", "InternalTokens:Lifetime is 00:00:09; it must be from 00:00:10 to 00:10:00")]
    [InlineData("Lifetime", "00:10:01", "InternalTokens:Lifetime is 00:10:01; it must be from 00:00:10 to 00:10:00")]
    [InlineData("Clusters:c:Audience", "", "InternalTokens:Clusters:c:Audience is empty")]
    [InlineData("Clusters:d:Audience", "x", "InternalTokens:Clusters:d is for a cluster that ReverseProxy:Clusters does not have; did you mean c?")]
    public void IllegalSetting_IsAFault(string setting, string value, string fault) => Assert.Equal([fault], Faults((setting, value)));

    [Fact]
    public void SoundSettings_HaveNoFault() => Assert.Empty(Faults());

    private string[] Faults(params (string Setting, string Value)[] settings) =>
    [
        .. Read.Faults(gateway.App,
        [
            ("InternalTokens:Issuer", "https://gateway.test"), ("InternalTokens:Clusters:c:Audience", "shop"),
            .. settings.Select(s => ($"{InternalTokensOptions.Section}:{s.Setting}", (string?)s.Value)),
        ]),
    ];

    private static string Private(string file)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private async Task<string> PublishedAsync(string? keyFile)
    {
        var settings = new Dictionary<string, string?> { ["InternalTokens:Issuer"] = "https://gateway.test", ["InternalTokens:Clusters:sample:Audience"] = "shop" };
        if (keyFile is not null) settings["InternalTokens:KeyFile"] = keyFile;
        await using var app = await GatewayApp.StartAsync(gateway.Issuer.Trust, gateway.Backend.Address, settings);
        using var client = Client.For(app.Address);
        using var answer = await client.GetAsync(KeysPath, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
