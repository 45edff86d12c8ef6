using System.Net.Sockets;
using FrontDoor.Gateway.Tests.Configuration;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Tls;

public sealed class AddedListenerTests
{
    [Fact]
    public async Task HttpsListenerOfAReload_GetsItsCertificateWithTheWholeChain()
    {
        using var folder = new TestFolder();
        using var certificates = new TestCertificates();
        var first = certificates.Write(folder, "site", ["site.test"]);
        await using var gateway = await ReloadingGateway.StartAsync();
        var port = FreePort.Take();
        gateway.Settings["Tls:Folder"] = folder.FullPath;
        gateway.Settings["Kestrel:Endpoints:Late:Url"] = $"https://127.0.0.1:{port}";
        await gateway.TakenAsync();

        var address = new Uri($"https://127.0.0.1:{port}");
        Handshake? handshake = null;
        async Task<bool> ServesAsync(string serial)
        {
            try
            {
                handshake = await Handshake.WithAsync(address, "site.test");
                return handshake.Serial == serial;
            }
            catch (SocketException)
            {
                return false; // not open yet
            }
        }

        await Until.TrueAsync(() => ServesAsync(first).GetAwaiter().GetResult(), "the listener serves the certificate");
        // The whole chain, as a listener of the start does.
        Assert.Equal(("site", "Test Intermediate"), (handshake!.Name, handshake.Sent.LastOrDefault(s => s == "Test Intermediate")));
    }
}
