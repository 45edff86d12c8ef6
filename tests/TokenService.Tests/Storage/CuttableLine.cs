using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace FrontDoor.TokenService.Tests.Storage;

/// <summary>A TCP line to a server that a test can cut and mend.</summary>
internal sealed class CuttableLine : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> _ends = [];
    private readonly string _host;
    private readonly int _port;
    private volatile bool _cut;

    public CuttableLine(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Ends every connection; new ones are ended as soon as they are made.</summary>
    public void Cut()
    {
        _cut = true;
        while (_ends.TryTake(out var end)) end.Dispose();
    }

    public void Mend() => _cut = false;

    public void Dispose()
    {
        Cut();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ForwardAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ForwardAsync(TcpClient near)
    {
        using var far = new TcpClient();
        _ends.Add(near);
        _ends.Add(far);
        try
        {
            if (_cut) return;
            await far.ConnectAsync(_host, _port);
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }
        finally
        {
            near.Dispose();
        }
    }
}
