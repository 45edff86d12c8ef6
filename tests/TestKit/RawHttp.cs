using System.Net.Sockets;
using System.Text;

namespace FrontDoor.TestKit;

/// <summary>Speaks HTTP/1.1 byte by byte, where a client library would mend or hide what matters.</summary>
public static class RawHttp
{
    /// <summary>Sends the bytes and reads until the server closes or is silent for 15 seconds.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="request">Latin-1 text; every line ends with CR LF.</param>
    public static async Task<string> SendAsync(Uri server, string request, CancellationToken cancellationToken = default)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, cancellationToken);
        var stream = client.GetStream();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(15));
        using var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), patience.Token);
            await stream.CopyToAsync(answer, patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && !cancellationToken.IsCancellationRequested)
        {
            // Silence or a reset ends the answer; the test judges what came.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }

    /// <summary>A request without body that closes the connection.</summary>
    public static Task<string> RequestAsync(Uri server, string method, string target, params string[] headers) =>
        SendAsync(server, $"{method} {target} HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: close\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n");

    /// <summary>A last request to the same connection, for one whose Connection field must not say close: without it the server would wait for more.</summary>
    public static string Farewell(Uri server) => $"GET /farewell HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: close\r\n\r\n";

    /// <summary>The status code of an answer.</summary>
    public static int Status(string answer) => int.Parse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);
}
