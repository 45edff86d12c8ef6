using FrontDoor.Gateway;
using FrontDoor.SampleBackend;
using FrontDoor.TestKit;
using FrontDoor.TokenService;

namespace FrontDoor.EndToEnd.Tests;

/// <summary>Token service, back end and gateway as processes of their own, each of which can be killed and started again.</summary>
internal sealed class ThreeProcesses : IAsyncDisposable
{
    public const string Password = "correct horse battery staple";

    private readonly TestFolder _folder = new();
    private readonly int _tokenServicePort = FreePort.Take();
    private readonly int _backendPort = FreePort.Take();
    private readonly int _gatewayPort = FreePort.Take();
    private ChildProcess? _backend;

    public Uri Gateway => new($"http://127.0.0.1:{_gatewayPort}");

    public ChildProcess? TokenService { get; private set; }

    public ChildProcess? GatewayProcess { get; private set; }

    /// <summary>Further settings of the token service and its commands.</summary>
    public Dictionary<string, string> TokenServiceSettings { get; init; } = [];

    /// <summary>Further settings of the gateway.</summary>
    public Dictionary<string, string> GatewaySettings { get; init; } = [];

    public Uri Backend => new($"http://127.0.0.1:{_backendPort}");

    private string FeedKey => _folder.Write("feed-key", "a secret that only the test knows");

    /// <param name="tokenService">Further settings of the token service and its commands.</param>
    /// <param name="gateway">Further settings of the gateway.</param>
    /// <param name="backend">Further settings of the sample back end, told where the gateway is.</param>
    public static async Task<ThreeProcesses> StartAsync(
        Dictionary<string, string>? tokenService = null, Dictionary<string, string>? gateway = null, Func<Uri, Dictionary<string, string>>? backend = null)
    {
        var all = new ThreeProcesses { TokenServiceSettings = tokenService ?? [], GatewaySettings = gateway ?? [] };
        all.StartGateway();
        all._backend = Service<SampleBackendMarker>("sample-backend", With(backend?.Invoke(all.Gateway) ?? [], new() { ["ASPNETCORE_URLS"] = all.Backend.AbsoluteUri }));
        all.StartTokenService();
        await all.WaitUntilTokensCanBeCheckedAsync();
        return all;
    }

    public void StartTokenService() => TokenService = RunTokenService();

    /// <summary>Runs a command of the token service to its end.</summary>
    /// <returns>What it wrote.</returns>
    public async Task<string> CommandAsync(params string[] arguments)
    {
        await using var command = RunTokenService(arguments);
        var exitCode = await command.WaitForExitAsync(Until.Patience);
        return exitCode == 0 ? command.Output : throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {exitCode}: {command.Output}");
    }

    private ChildProcess RunTokenService(params string[] arguments)
    {
        var password = _folder.Write("password", Password);
        return Service<TokenServiceMarker>("token-service", With(TokenServiceSettings, new()
        {
            ["Kestrel__Endpoints__Http__Url"] = $"http://127.0.0.1:{_tokenServicePort}",
            ["Storage__DataDirectory"] = _folder.File("data"),
            ["Revocations__FeedKeyFile"] = FeedKey,
            ["Users__HashIterations"] = "100000",
            ["Users__Seed__alice__PasswordFile"] = password,
            ["Users__Seed__root__PasswordFile"] = password,
            ["Users__Seed__root__Roles__0"] = "admin",
        }), arguments);
    }

    /// <summary>Both ways lead through the gateway: signing in by the token service, 401 instead of 503 by its keys.</summary>
    public async Task WaitUntilTokensCanBeCheckedAsync()
    {
        using var http = Client.For(Gateway);
        await Until.TrueAsync(
            async () =>
            {
                try
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, "/api/token/verify/") { Content = new FormUrlEncodedContent([new("token", "x")]) };
                    using var answer = await http.SendAsync(request);
                    return (int)answer.StatusCode == 401;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "the three processes answer");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { GatewayProcess, _backend, TokenService })
        {
            if (process is not null) await process.DisposeAsync();
        }

        _folder.Dispose();
    }

    public void StartGateway()
    {
        var backend = $"http://127.0.0.1:{_backendPort}";
        var tokenService = $"http://127.0.0.1:{_tokenServicePort}";
        GatewayProcess = Service<GatewayMarker>("gateway", With(GatewaySettings, new()
        {
            ["Kestrel__Endpoints__Public__Url"] = Gateway.AbsoluteUri,
            ["Kestrel__Endpoints__Management__Url"] = "http://127.0.0.1:0",
            ["Issuers__token-service__MetadataAddress"] = $"{tokenService}/.well-known/openid-configuration",
            ["Issuers__token-service__Revocations__FeedAddress"] = $"{tokenService}/revocations/feed",
            ["Issuers__token-service__Revocations__KeyFile"] = FeedKey,
            ["Issuers__token-service__Revocations__StateFile"] = _folder.File("gateway/revocations.json"),
            ["ReverseProxy__Clusters__token-service__Destinations__first__Address"] = tokenService,
            ["ReverseProxy__Clusters__sample__Destinations__first__Address"] = backend,
            ["ReverseProxy__Clusters__sample__Destinations__second__Address"] = backend,
        }));
    }

    private static Dictionary<string, string> With(Dictionary<string, string> further, Dictionary<string, string> settings)
    {
        foreach (var (key, value) in further) settings[key] = value;
        return settings;
    }

    private static ChildProcess Service<TMarker>(string folder, Dictionary<string, string> settings, params string[] arguments) =>
        ChildProcess.Start("dotnet", [typeof(TMarker).Assembly.Location, .. arguments], Path.Combine(Repository.Root, folder), settings);
}
