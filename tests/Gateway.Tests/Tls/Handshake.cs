using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace FrontDoor.Gateway.Tests.Tls;

/// <summary>What one TLS handshake with a server brought.</summary>
internal sealed record Handshake(string Name, string Serial, IReadOnlyList<string> Sent, SslProtocols Protocol, SslApplicationProtocol Application)
{
    /// <param name="server">Where to.</param>
    /// <param name="host">The name asked for; empty for none.</param>
    public static async Task<Handshake> WithAsync(Uri server, string host)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        string[] sent = [];
        await using var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = host,
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                RemoteCertificateValidationCallback = (_, _, chain, _) =>
                {
                    sent = [.. chain!.ChainPolicy.ExtraStore.Select(c => c.GetNameInfo(X509NameType.SimpleName, forIssuer: false))];
                    return true;
                },
            },
            TestContext.Current.CancellationToken);
        using var certificate = new X509Certificate2(tls.RemoteCertificate!);
        return new Handshake(
            certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), certificate.SerialNumber, sent, tls.SslProtocol, tls.NegotiatedApplicationProtocol);
    }
}
