using FrontDoor.TestKit;

namespace FrontDoor.Gateway.Tests.Tls;

/// <summary>A gateway with a https listener beside the plain one.</summary>
internal sealed class TlsGateway : IAsyncDisposable
{
    private FakeIssuer _issuer = null!;

    private TlsGateway()
    {
    }

    public TestServer Backend { get; private set; } = null!;

    public GatewayApp App { get; private set; } = null!;

    public Uri Https => App.HttpsAddress!;

    public static async Task<TlsGateway> StartAsync(Dictionary<string, string?> settings, TimeProvider? time = null)
    {
        var gateway = new TlsGateway
        {
            _issuer = await FakeIssuer.StartAsync(),
            Backend = await TestServer.StartAsync(context =>
            {
                context.Response.Headers.StrictTransportSecurity = "max-age=1";
                return Task.CompletedTask;
            }),
        };
        gateway.App = await GatewayApp.StartAsync(gateway._issuer.Trust, gateway.Backend.Address, new Dictionary<string, string?>(settings)
        {
            ["Kestrel:Endpoints:Secure:Url"] = "https://127.0.0.1:0",
            // A test that advances the clock does not mean requests under way.
            ["Resilience:Clusters:sample:AttemptTimeout"] = "00:10:00",
            ["Resilience:Clusters:sample:TotalTimeout"] = "01:00:00",
            ["AllowedHosts"] = "127.0.0.1;localhost;*.test",
        }, time);
        return gateway;
    }

    /// <summary>A client that believes the tests' certificates.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false, SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Issuer == "CN=Test Intermediate" } }) { BaseAddress = Https };

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }
}
