using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using FrontDoor.Benchmarks.Parties;

namespace FrontDoor.Benchmarks.Load;

/// <summary>
/// Sessions that refresh as fast as they are answered, each with the token of its last answer, each on a connection of its own. Plain sockets:
/// what this costs is taken from the same two cores.
/// </summary>
internal sealed class RefreshLoad
{
    private readonly List<Session> _sessions = [];

    /// <summary>Signs in so many times.</summary>
    public static async Task<RefreshLoad> SignInAsync(Bench bench, Running party, int sessions)
    {
        var load = new RefreshLoad();
        for (var i = 0; i < sessions; i++)
        {
            using var content = new StringContent(bench.SignIn.Body, Encoding.UTF8, "application/json");
            using var answer = await Http.Client.PostAsync(new Uri(party.Address, "/api/token/"), content);
            if (!answer.IsSuccessStatusCode) throw new BenchmarkException($"sign-in was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
            var tokens = await answer.Content.ReadFromJsonAsync<JsonElement>();
            load._sessions.Add(new Session(party.Address, tokens.GetProperty("refresh").GetString()!));
        }

        return load;
    }

    public async Task<LoadResult> RunAsync(int seconds)
    {
        var start = Stopwatch.GetTimestamp();
        var end = start + (seconds * Stopwatch.Frequency);
        var durations = (await Task.WhenAll(_sessions.Select(session => Task.Run(() => session.RefreshUntilAsync(end))))).SelectMany(each => each).Order().ToArray();
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new LoadResult(durations.Length, elapsed, At(durations, 0.50), At(durations, 0.99), _sessions.Sum(session => session.TakeBad()));
    }

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[(int)((sorted.Length - 1) * share)];

    private sealed class Session(Uri address, string refresh)
    {
        private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
        private readonly byte[] _buffer = new byte[16 * 1024];
        private string _refresh = refresh;
        private long _bad;

        public long TakeBad() => Interlocked.Exchange(ref _bad, 0);

        public async Task<List<double>> RefreshUntilAsync(long end)
        {
            var durations = new List<double>();
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(address.Host, address.Port);
            while (Stopwatch.GetTimestamp() < end)
            {
                var start = Stopwatch.GetTimestamp();
                var (status, body) = await AskAsync(socket);
                durations.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (status == 200) _refresh = Text(body, "\"refresh\":\"") ?? _refresh;
                else _bad++;
            }

            return durations;
        }

        private async Task<(int Status, ReadOnlyMemory<byte> Body)> AskAsync(Socket socket)
        {
            var request = $"POST /api/token/refresh/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {_refresh.Length + 14}\r\n\r\n{{\"refresh\":\"{_refresh}\"}}";
            await socket.SendAsync(Encoding.ASCII.GetBytes(request));
            var read = 0;
            while (true)
            {
                var more = await socket.ReceiveAsync(_buffer.AsMemory(read));
                if (more == 0) throw new BenchmarkException("the connection was closed before the answer was complete");
                read += more;
                var head = _buffer.AsSpan(0, read).IndexOf(EndOfHead);
                if (head < 0) continue;
                var length = BodyLength(_buffer.AsSpan(0, head));
                if (length is { } known ? read >= head + 4 + known : _buffer.AsSpan(0, read).EndsWith("0\r\n\r\n"u8))
                    return (((_buffer[9] - '0') * 100) + ((_buffer[10] - '0') * 10) + _buffer[11] - '0', _buffer.AsMemory(head + 4, read - head - 4));
            }
        }

        /// <summary>Null for a chunked body.</summary>
        private static int? BodyLength(ReadOnlySpan<byte> head)
        {
            var text = Encoding.ASCII.GetString(head);
            var at = text.IndexOf("\r\nContent-Length: ", StringComparison.OrdinalIgnoreCase);
            if (at < 0) return null;
            var value = text.AsSpan(at + 18);
            var end = value.IndexOf('\r');
            return int.Parse(end < 0 ? value : value[..end], System.Globalization.CultureInfo.InvariantCulture);
        }

        private static string? Text(ReadOnlyMemory<byte> body, string before)
        {
            var text = Encoding.ASCII.GetString(body.Span);
            var start = text.IndexOf(before, StringComparison.Ordinal);
            if (start < 0) return null;
            start += before.Length;
            return text[start..text.IndexOf('"', start)];
        }
    }
}
