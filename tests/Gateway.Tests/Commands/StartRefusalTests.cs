using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Commands;

/// <summary>A configuration that cannot be meant refuses the start: exit code 1 and one line per fault on standard error, without a stack trace.</summary>
public sealed class StartRefusalTests
{
    private static readonly string[] Sound =
    [
        "--Kestrel:Endpoints:Public:Url=http://127.0.0.1:0", "--Kestrel:Endpoints:Management:Url=http://127.0.0.1:0",
        "--Issuers:main:Issuer=https://issuer.test", "--Issuers:main:Audiences:0=front-door", "--Issuers:main:MetadataAddress=http://127.0.0.1:9/metadata",
        "--Policies:admin:Roles:Any:0=admin",
        "--ReverseProxy:Routes:users:ClusterId=sample", "--ReverseProxy:Routes:users:Match:Path=/users", "--ReverseProxy:Routes:users:AuthorizationPolicy=admin",
        "--ReverseProxy:Clusters:sample:Destinations:first:Address=http://127.0.0.1:9",
    ];

    [Theory]
    [InlineData("ReverseProxy:Routes:users:AuthorizationPolicy=admins", "ReverseProxy:Routes:users:AuthorizationPolicy is admins, which Policies does not have; did you mean admin?")]
    [InlineData("ReverseProxy:Routes:users:AuthorizationPolicy=anyone", "ReverseProxy:Routes:users:AuthorizationPolicy is anyone, which Policies does not have")]
    [InlineData("ReverseProxy:Routes:users:ClusterId=smaple", "ReverseProxy:Routes:users:ClusterId is smaple", "did you mean sample?")]
    [InlineData("ReverseProxy:Routes:users:AuthorisationPolicy=admin", "did you mean AuthorizationPolicy?")]
    [InlineData("FORWARDEDHEADERS_ENABLED=true", "ASPNETCORE_FORWARDEDHEADERS_ENABLED")]
    [InlineData("Policies:admin:Role:Any:0=admin", "Policies:admin:Role is not a setting; did you mean Roles?")]
    [InlineData("Policies:admin:Roles:Some:0=admin", "Policies:admin:Roles:Some is not a setting")]
    [InlineData("Policies:Default:Roles:Any:0=admin", "Policies:Default has a reserved name")]
    [InlineData("Policies:empty:Roles:Any=admin", "Policies:empty")]
    [InlineData("Issuers:main:Audience=front-door", "Issuers:main:Audience is not a setting; did you mean Audiences?")]
    [InlineData("Issuers:main:ClockSkew=00:05:00", "Issuers:main:ClockSkew is 00:05:00")]
    [InlineData("Issuers:main:ClockSkew=soon", "Issuers:main:ClockSkew", "soon")]
    [InlineData("Issuers:main:Algorithms:0=HS256", "Issuers:main:Algorithms has HS256, which needs a SecretFile")]
    [InlineData("Issuers:main:Algorithms:0=none", "Issuers:main:Algorithms has 'none'")]
    [InlineData("Edge:MaxBody=1", "Edge:MaxBody is not a setting")]
    [InlineData("Edge:MaxRequestBodyBytes=-1", "Edge:MaxRequestBodyBytes is -1")]
    [InlineData("StaticSites:web:Folder=x", "StaticSites:web:Folder is not a setting")]
    [InlineData("StaticSites:web:Root=not-there", "StaticSites:web:Root names a folder that does not exist")]
    [InlineData("ReverseProxy:Routes:users:Metadata:InternalRedirect=yes", "ReverseProxy:Routes:users:Metadata:InternalRedirect is 'yes'; it must be true or false")]
    [InlineData("StaticSites:web:Cache:MaxFileBytes=-1", "StaticSites:web:Cache:MaxFileBytes is -1")]
    [InlineData("StaticFiles:Root=wwwroot", "StaticFiles is not a section; did you mean StaticSites?")]
    [InlineData("Redis:Timeout=00:01:00", "Redis:Timeout is 00:01:00; it must be from 00:00:00.001 to 00:00:10")]
    [InlineData("IdentityPropagation:Headers:X_User=sub", "IdentityPropagation:Headers has 'X_User'")]
    [InlineData("Resilience:Clusters:other:Retries=1", "Resilience:Clusters:other is for a cluster that ReverseProxy:Clusters does not have")]
    [InlineData("Resilience:Clusters:sample:Retries=many", "Resilience:Clusters:sample:Retries", "many")]
    [InlineData("Resilience:Clusters:sample:Timeout=00:00:01", "Resilience:Clusters:sample:Timeout is not a setting")]
    [InlineData("Kestrel:Endpoints:Management:Url=http://0.0.0.0:0", "Kestrel:Endpoints:Management:Url is http://0.0.0.0:0", "loopback")]
    [InlineData("Kestrel:Endpoints:Management:Url=http://*:0", "Kestrel:Endpoints:Management:Url is http://*:0")]
    [InlineData("Kestrel:Endpoints:Management:Url=http://[::]:0", "Kestrel:Endpoints:Management:Url is http://[::]:0")]
    [InlineData("Kestrel:Endpoints:Management:Url=http://gateway.test:0", "Kestrel:Endpoints:Management:Url is http://gateway.test:0")]
    public async Task Fault_RefusesTheStartAndIsNamed(string setting, params string[] named)
    {
        using var folder = EmptyConfiguration();
        var (exitCode, error) = await GatewayProcess.RunAsync(folder.FullPath, [.. Sound, "--" + setting], TestContext.Current.CancellationToken);
        Assert.True(exitCode == 1, $"exit code {exitCode}: {error}");
        Assert.All(error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("gateway: ", line, StringComparison.Ordinal));
        Assert.All(named, text => Assert.Contains(text, error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task SeveralFaults_AreNamedTogether()
    {
        using var folder = EmptyConfiguration();
        var (exitCode, error) = await GatewayProcess.RunAsync(
            folder.FullPath, [.. Sound, "--Issuers:main:ClockSkew=00:05:00", "--Issuers:main:KeyRefresh=00:00:00", "--Issuers:other:Issuer=https://other.test", "--Edge:MaxRequestBodyBytes=-1",
                "--ReverseProxy:Routes:users:RateLimiterPolicy=tight"], TestContext.Current.CancellationToken);
        Assert.Equal(1, exitCode);
        Assert.Equal(5, error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.All(["Issuers:main:ClockSkew", "Issuers:main:KeyRefresh", "Issuers:other:Audiences", "Edge:MaxRequestBodyBytes", "ReverseProxy:Routes:users:RateLimiterPolicy"], text => Assert.Contains(text, error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ConfigurationThatIsNotJson_IsOneLineThatSaysWhere()
    {
        using var folder = EmptyConfiguration();
        folder.Write("appsettings.json", "{\n  \"Edge\": { },,\n}");
        var (exitCode, error) = await GatewayProcess.RunAsync(folder.FullPath, Sound, TestContext.Current.CancellationToken);
        Assert.Equal(1, exitCode);
        var line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("LineNumber: 1", line, StringComparison.Ordinal);
    }

    // With none of its own the folder would have the settings beside the binary.
    private static TestFolder EmptyConfiguration()
    {
        var folder = new TestFolder();
        folder.Write("appsettings.json", "{}");
        return folder;
    }

    [Fact]
    public async Task MistypedCommand_IsAnErrorAndStartsNothing()
    {
        using var folder = EmptyConfiguration();
        var (exitCode, error) = await GatewayProcess.RunAsync(folder.FullPath, ["helthcheck"], TestContext.Current.CancellationToken);
        Assert.Equal(1, exitCode);
        Assert.Contains("'helthcheck'", error, StringComparison.Ordinal);
    }
}
