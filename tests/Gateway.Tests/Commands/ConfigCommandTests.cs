using System.Text.Json;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Commands;

public sealed class ConfigCommandTests : IDisposable
{
    private const string Settings = """
        {
          "$schema": "appsettings.schema.json",
          "Policies": { "admin": { "Roles": { "Any": [ "admin" ] } } },
          "RateLimits": { "tight": { "Permits": 5 } },
          "Resilience": { "Clusters": { "shop": { "TotalTimeout": "00:00:40" } } },
          "ReverseProxy": {
            "Routes": {
              "rest": { "ClusterId": "shop", "Match": { "Path": "/{**all}" } },
              "users": { "ClusterId": "shop", "AuthorizationPolicy": "admin", "Match": { "Path": "/users", "Methods": [ "GET", "HEAD" ], "Hosts": [ "shop.test" ] } },
              "first": { "ClusterId": "shop", "AuthorizationPolicy": "Anonymous", "RateLimiterPolicy": "tight", "Order": -1, "Match": { "Path": "/a/rather/long/path/that/does/not/fit/beside/all/the/other/columns/of/the/table/{id}" } }
            },
            "Clusters": { "shop": { "Destinations": { "a": { "Address": "http://10.0.0.5:8000" } } } }
          }
        }
        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_OfSoundSettings_Is0AndCountsThem()
    {
        _folder.Write("appsettings.json", Settings);
        var (exitCode, output, error) = await RunAsync("check");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal("configuration is valid: 3 routes, 1 clusters, 1 policies, 0 issuers\n", output);
    }

    [Fact]
    public async Task Check_OfFaultySettings_Is1WithALineForEachFault()
    {
        var file = _folder.Write("elsewhere/gateway.json", Settings.Replace("\"admin\",", "\"admn\",", StringComparison.Ordinal).Replace("5 }", "0 }", StringComparison.Ordinal)
            .Replace("\"shop\": { \"TotalTimeout\"", "\"shops\": { \"TotalTime\"", StringComparison.Ordinal));
        _folder.Write("appsettings.json", Settings);
        foreach (var arguments in new[] { ["check", "--config", file], new[] { "--config", file, "check" }, [$"--config={file}", "check"] })
        {
            var (exitCode, output, error) = await RunAsync(arguments);
            Assert.Equal((1, ""), (exitCode, output));
            Assert.Equal(
                [
                    "gateway: RateLimits:tight:Permits is 0; it must be from 1 to 1000000",
                    "gateway: Resilience:Clusters:shops:TotalTime is not a setting",
                    "gateway: ReverseProxy:Routes:users:AuthorizationPolicy is admn, which Policies does not have; did you mean admin?",
                    "gateway: Resilience:Clusters:shops is for a cluster that ReverseProxy:Clusters does not have; did you mean shop?",
                    "configuration is not valid",
                ],
                error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    [Fact]
    public async Task Environment_OverridesTheFileAndIsCheckedAsStrictly()
    {
        _folder.Write("appsettings.json", Settings);
        var environment = new Dictionary<string, string>
        {
            ["RateLimits__tight__Permits"] = "0", ["Policies__admin__Role__Any__0"] = "boss", ["ReverseProxy__Routes__users__AuthorizationPolicy"] = "admn",
        };
        var (exitCode, _, error) = await GatewayProcess.RunForOutputAsync(_folder.FullPath, ["check"], environment, TestContext.Current.CancellationToken);
        Assert.Equal(1, exitCode);
        Assert.Equal(
            [
                "gateway: Policies:admin:Role is not a setting; did you mean Roles?",
                "gateway: RateLimits:tight:Permits is 0; it must be from 1 to 1000000",
                "gateway: ReverseProxy:Routes:users:AuthorizationPolicy is admn, which Policies does not have; did you mean admin?",
                "configuration is not valid",
            ],
            error.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        var sound = new Dictionary<string, string> { ["ReverseProxy__Routes__users__AuthorizationPolicy"] = "Default", ["ReverseProxy__Routes__users__Match__Path"] = "/people" };
        var (_, output, _) = await GatewayProcess.RunForOutputAsync(_folder.FullPath, ["routes", "--json"], sound, TestContext.Current.CancellationToken);
        var users = JsonDocument.Parse(output).RootElement[1];
        Assert.Equal(("users", "/people", "Default"), (users.GetProperty("route").GetString(), users.GetProperty("path").GetString(), users.GetProperty("policy").GetString()));
    }

    [Fact]
    public async Task Check_OfAFileThatIsNotThere_NamesIt()
    {
        var (exitCode, _, error) = await RunAsync("check", "--config", "none.json");
        Assert.Equal(1, exitCode);
        Assert.StartsWith("gateway: --config names a file that does not exist: none.json", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Routes_AreATableInTheOrderOfMatchingThatFitsATerminal()
    {
        _folder.Write("appsettings.json", Settings);
        var (exitCode, output, _) = await RunAsync("routes");
        Assert.Equal(0, exitCode);
        var lines = output.Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 100));
        Assert.Matches(@"^ORDER +HOST +PATH +METHODS +POLICY +LIMIT +CLUSTER$", lines[0]);
        Assert.Matches(@"^-1 +\* +/a/rather/long/path\S+\.\.\. +\* +Anonymous +tight +shop$", lines[1]);
        Assert.Matches(@"^0 +shop\.test +/users +GET,HEAD +admin +- +shop$", lines[2]);
        Assert.Matches(@"^0 +\* +/\{\*\*all\} +\* +Default +- +shop$", lines[3]);
        Assert.Matches(@"^CLUSTER +TIMEOUT +DESTINATIONS$", lines[5]);
        Assert.Matches(@"^shop +00:00:40 +http://10\.0\.0\.5:8000$", lines[6]);
    }

    [Fact]
    public async Task RoutesAsJson_HaveAll()
    {
        _folder.Write("appsettings.json", Settings);
        var (exitCode, output, _) = await RunAsync("routes", "--json");
        Assert.Equal(0, exitCode);
        var routes = JsonDocument.Parse(output).RootElement;
        Assert.Equal(["first", "users", "rest"], routes.EnumerateArray().Select(r => r.GetProperty("route").GetString()));
        Assert.Equal("""["http://10.0.0.5:8000"]""", JsonSerializer.Serialize(routes[1].GetProperty("destinations")));
        Assert.Equal("00:00:40", routes[1].GetProperty("timeout").GetString());
    }

    [Fact]
    public async Task Help_NamesTheCommands()
    {
        var (exitCode, output, _) = await RunAsync("--help");
        Assert.Equal(0, exitCode);
        Assert.All(["check", "routes", "healthcheck", "--config"], word => Assert.Contains(word, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task PathsCountFromTheFolderOfTheSettings()
    {
        // The folder of the file that is named, else the current one, else the binary's.
        var named = _folder.Write("elsewhere/gateway.json", "{}");
        await RootIsAsync(AppContext.BaseDirectory);
        _folder.Write("appsettings.json", "{}");
        await RootIsAsync(_folder.FullPath);
        await RootIsAsync(_folder.File("elsewhere"), "--config", named);

        async Task RootIsAsync(string folder, params string[] arguments)
        {
            var (exitCode, _, error) = await RunAsync([.. arguments, "--StaticSites:web:Root=not-there"]);
            Assert.Equal(1, exitCode);
            Assert.Contains($"StaticSites:web:Root names a folder that does not exist: {Path.Combine(folder, "not-there")}\n", error, StringComparison.Ordinal);
        }
    }

    private Task<(int? ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        GatewayProcess.RunForOutputAsync(_folder.FullPath, arguments, TestContext.Current.CancellationToken);
}
