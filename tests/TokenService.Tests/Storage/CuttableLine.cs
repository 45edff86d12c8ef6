using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FrontDoor.TokenService.Tests.Storage;

/// <summary>A TCP line to a server that a test can cut and mend.</summary>
internal sealed class CuttableLine : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> _ends = [];
    private readonly string _host;
    private volatile int _port;
    private volatile bool _cut;
    private volatile bool _silent;
    private volatile string? _last;

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

    /// <summary>Whatever either side says is lost on the way; connections stay, and new ones can be made, as behind a firewall that drops packets.</summary>
    public void Silence() => _silent = true;

    public void Mend() => _cut = _silent = false;

    /// <summary>New connections go to this port.</summary>
    public void LeadTo(int port) => _port = port;

    /// <summary>From now on what the server says stays on the way on each connection that has carried this text to it; what it is told arrives.</summary>
    public void HoldAnswersAfter(string text) => _last = text;

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
        // The last: stopped between two calls, the listener says that it was never started.
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
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
            var held = new TaskCompletionSource();
            await Task.WhenAny(AskAsync(near.GetStream(), far.GetStream(), held), AnswerAsync(far.GetStream(), near.GetStream(), held.Task));
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

    private async Task AskAsync(NetworkStream from, NetworkStream to, TaskCompletionSource held)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer) is > 0 and var read)
        {
            if (_last is { } last && Encoding.ASCII.GetString(buffer, 0, read).Contains(last, StringComparison.Ordinal)) held.TrySetResult();
            if (!_silent) await to.WriteAsync(buffer.AsMemory(0, read));
        }
    }

    private async Task AnswerAsync(NetworkStream from, NetworkStream to, Task held)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer) is > 0 and var read)
        {
            if (!held.IsCompleted && !_silent) await to.WriteAsync(buffer.AsMemory(0, read));
        }
    }
}
