using System.Net.Security;

namespace FrontDoor.Benchmarks;

/// <summary>The one client that looks at answers before they are measured. It takes the parties' certificate, which was made for this run.</summary>
internal static class Http
{
    public static HttpClient Client { get; } = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=localhost" },
    })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };
}
