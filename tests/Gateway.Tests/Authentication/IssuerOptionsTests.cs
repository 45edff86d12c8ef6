using FrontDoor.Gateway.Authentication;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

public sealed class IssuerOptionsTests
{
    private static readonly IssuerOptions Sound = new() { Issuer = "https://issuer.test", Audiences = ["front-door"] };

    [Fact]
    public void Defaults_AreThoseOfTheContract()
    {
        Assert.Equal(["ES256"], Sound.EffectiveAlgorithms);
        Assert.Equal(["at+jwt"], Sound.EffectiveTypes);
        Assert.Equal("https://issuer.test/.well-known/openid-configuration", Sound.EffectiveMetadataAddress);
        Assert.InRange(Sound.ClockSkew, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        Assert.Empty(Faults(Sound));
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(60, 3600, 60)]
    public void ValuesAtTheBounds_AreLegal(int skew, int refresh, int unknown) => Assert.Empty(Faults(Sound with
    {
        ClockSkew = TimeSpan.FromSeconds(skew), KeyRefresh = TimeSpan.FromSeconds(refresh), UnknownKeyInterval = TimeSpan.FromSeconds(unknown),
    }));

    [Fact]
    public void PrefixesOfSubjects_KeepThemApart()
    {
        IssuerOptions With(string name, string prefix) => Sound with { Issuer = "https://" + name, Claims = new() { SubjectPrefix = prefix } };
        var result = new IssuersOptionsValidator().Validate(null, new() { ["a"] = With("a", "x"), ["b"] = With("b", "xy"), ["c"] = With("c", ""), ["d"] = With("d", "z\n") });
        Assert.Equal(
            ["Issuers:d:Claims:SubjectPrefix is 'z\n'; it has printable ASCII alone", "Issuers:b:Claims:SubjectPrefix begins with that of a; subjects of the two could be equal"],
            result.Failures);
    }

    [Fact]
    public void EachFault_IsNamedWithItsPath()
    {
        Fault("Issuers:main:Issuer is missing; it is the exact iss claim", Sound with { Issuer = "", MetadataAddress = "http://x.test/" });
        Fault("Issuers:main:Audiences is missing; name at least one accepted aud value", Sound with { Audiences = [] });
        Fault("Issuers:main:MetadataAddress is 'file:///etc/passwd'; it must be an http(s) address", Sound with { MetadataAddress = "file:///etc/passwd" });
        Fault("Issuers:main:MetadataAddress is 'metadata'; it must be an http(s) address", Sound with { MetadataAddress = "metadata" });
        Fault("Issuers:main:ClockSkew is 00:01:01; it must be from 00:00:00 to 00:01:00", Sound with { ClockSkew = TimeSpan.FromSeconds(61) });
        Fault("Issuers:main:ClockSkew is -00:00:01; it must be from 00:00:00 to 00:01:00", Sound with { ClockSkew = TimeSpan.FromSeconds(-1) });
        Fault("Issuers:main:KeyRefresh is 01:00:01; it must be from 00:00:01 to 01:00:00", Sound with { KeyRefresh = TimeSpan.FromSeconds(3601) });
        Fault("Issuers:main:KeyRefresh is 00:00:00; it must be from 00:00:01 to 01:00:00", Sound with { KeyRefresh = TimeSpan.Zero });
        Fault("Issuers:main:UnknownKeyInterval is 00:00:00; it must be from 00:00:01 to 00:01:00", Sound with { UnknownKeyInterval = TimeSpan.Zero });
        Fault("Issuers:main:UnknownKeyInterval is 00:01:01; it must be from 00:00:01 to 00:01:00", Sound with { UnknownKeyInterval = TimeSpan.FromSeconds(61) });
    }

    [Fact]
    public void FaultOfKeysClaimsAndLifetime_IsNamedWithItsPath()
    {
        using var folder = new FrontDoor.TestKit.TestFolder();
        using var key = new OtherKey();
        var file = folder.Write("keys.json", $$"""{"keys":[{{key.Jwk}}]}""");
        Assert.Empty(Faults(Sound with { KeysFile = file, KeysStateFile = null, Algorithms = ["ES256"], MaxLifetime = TimeSpan.FromSeconds(1) }));
        Fault($"Issuers:main:KeysFile: {file}x does not exist", Sound with { KeysFile = file + "x" });
        Fault("Issuers:main: SecretFile and MetadataAddress do not go with a KeysFile; its keys are all that count", Sound with { KeysFile = file, MetadataAddress = "http://x.test/" });
        Fault("Issuers:main:KeysStateFile is of no use; no keys are fetched for this issuer", Sound with { KeysFile = file, KeysStateFile = "state" });
        Fault("Issuers:main:MaxLifetime is 00:00:00; it must be at least 00:00:01", Sound with { MaxLifetime = TimeSpan.Zero });
        Fault("Issuers:main:Claims:Roles names no claim", Sound with { Claims = new() { Roles = " " } });
        Fault("Issuers:main:KeysStateFile is empty; leave it out to keep keys in memory alone", Sound with { KeysStateFile = "" });
    }

    [Fact]
    public void StateFileOfTwoKinds_IsNamedWithBoth()
    {
        using var folder = new FrontDoor.TestKit.TestFolder();
        var (key, state) = (folder.Write("feed-key", "secret"), folder.File("state"));
        RevocationOptions Feed(string? file) => new() { FeedAddress = "http://x.test/", KeyFile = key, StateFile = file };
        Shared("a:KeysStateFile and b:KeysStateFile", Sound with { KeysStateFile = state }, Sound with { KeysStateFile = folder.File("x/../state") });
        // With another's number a feed would be resumed after entries that were never heard.
        Shared("a:Revocations:StateFile and b:Revocations:StateFile", Sound with { Revocations = Feed(state) }, Sound with { Revocations = Feed(state) });
        Shared("a:KeysStateFile and a:Revocations:StateFile", Sound with { KeysStateFile = state, Revocations = Feed(state) }, Sound);
        Fault("Issuers:main:Revocations:StateFile is empty; leave it out to keep the list in memory alone", Sound with { Revocations = Feed("") });

        void Shared(string settings, IssuerOptions a, IssuerOptions b) => Assert.Equal(
            [$"Issuers: {settings} are the same file '{state}'"],
            new IssuersOptionsValidator().Validate(null, new IssuersOptions { ["a"] = a, ["b"] = b with { Issuer = "https://b.test" } }).Failures ?? []);
    }

    [Theory]
    [InlineData("hs256")]
    [InlineData("none")]
    [InlineData("es256")]
    [InlineData("RSA-OAEP")]
    [InlineData("")]
    public void OtherAlgorithm_IsNamed(string algorithm) =>
        Assert.StartsWith($"Issuers:main:Algorithms has '{algorithm}'; legal values are ES256", Assert.Single(Faults(Sound with { Algorithms = ["ES256", algorithm] })), StringComparison.Ordinal);

    [Fact]
    public void TwoEntriesForOneIssuer_AreNamed() => Assert.Equal(
        "Issuers: main and other have the same Issuer 'https://issuer.test'",
        Assert.Single(new IssuersOptionsValidator().Validate(null, new IssuersOptions { ["main"] = Sound, ["other"] = Sound with { Audiences = ["x"] } }).Failures!));

    private static void Fault(string message, IssuerOptions issuer) => Assert.Equal([message], Faults(issuer));

    private static string[] Faults(IssuerOptions issuer) => [.. new IssuersOptionsValidator().Validate(null, new IssuersOptions { ["main"] = issuer }).Failures ?? []];
}
