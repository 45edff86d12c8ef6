using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using FrontDoor.Benchmarks.Parties;

namespace FrontDoor.Benchmarks.Load;

/// <summary>
/// Sessions that refresh as fast as they are answered, each with the token of its last answer, each on a connection and a thread of its own. Plain sockets that
/// block, and bytes: what this costs is taken from the same two cores.
/// </summary>
internal sealed class RefreshLoad
{
    private readonly Bench _bench;
    private readonly Uri _address;
    private readonly Session[] _sessions;

    private RefreshLoad(Bench bench, Uri address, int sessions) => (_bench, _address, _sessions) = (bench, address, [.. Enumerable.Range(0, sessions).Select(_ => new Session(address))]);

    /// <summary>Signs in so many times.</summary>
    public static async Task<RefreshLoad> SignInAsync(Bench bench, Running party, int sessions)
    {
        var load = new RefreshLoad(bench, party.Address, sessions);
        await load.SignInAsync();
        return load;
    }

    /// <summary>Signs in again whoever was refused in the turn before, and returns the load.</summary>
    public async Task<Func<Task<LoadResult>>> PrepareAsync(int seconds)
    {
        await SignInAsync();
        return () => RunAsync(seconds);
    }

    /// <returns>Good refreshes alone, and how many other answers there were.</returns>
    public async Task<LoadResult> RunAsync(int seconds)
    {
        var start = Stopwatch.GetTimestamp();
        var end = start + (seconds * Stopwatch.Frequency);
        var durations = (await Task.WhenAll(_sessions.Select(session => Task.Factory.StartNew(() => session.RefreshUntil(end), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)))).SelectMany(each => each).Order().ToArray();
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new LoadResult(durations.Length, elapsed, At(durations, 0.50), At(durations, 0.99), _sessions.Sum(session => session.TakeBad()));
    }

    private async Task SignInAsync()
    {
        foreach (var session in _sessions.Where(session => session.IsOver))
        {
            using var content = new StringContent(_bench.SignIn.Body, Encoding.UTF8, "application/json");
            using var answer = await Http.Client.PostAsync(new Uri(_address, "/api/token/"), content);
            if (!answer.IsSuccessStatusCode) throw new BenchmarkException($"sign-in was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
            session.Begin((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("refresh").GetString()!);
        }
    }

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[(int)((sorted.Length - 1) * share)];

    private sealed class Session(Uri address)
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

        private readonly byte[] _head = Encoding.ASCII.GetBytes("POST /api/token/refresh/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ");
        private readonly byte[] _request = new byte[16 * 1024];
        private readonly byte[] _answer = new byte[16 * 1024];
        private byte[] _refresh = [];
        private long _bad;

        /// <summary>Whether it has to sign in: its token is refused.</summary>
        public bool IsOver { get; private set; } = true;

        public void Begin(string refresh) => (_refresh, IsOver) = (Encoding.ASCII.GetBytes(refresh), false);

        public long TakeBad() => Interlocked.Exchange(ref _bad, 0);

        public List<double> RefreshUntil(long end)
        {
            var durations = new List<double>();
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = (int)Patience.TotalMilliseconds };
            socket.Connect(address.Host, address.Port);
            while (!IsOver && Stopwatch.GetTimestamp() < end)
            {
                var start = Stopwatch.GetTimestamp();
                var (status, body) = Ask(socket);
                if (status == 200)
                {
                    durations.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                    Take(body);
                }
                else
                {
                    // A refused token would be refused again and again, for less than a refresh costs.
                    _bad++;
                    IsOver = status == 401;
                }
            }

            return durations;
        }

        private (int Status, Range Body) Ask(Socket socket)
        {
            socket.Send(_request.AsSpan(0, Write()));
            var read = 0;
            while (true)
            {
                var more = socket.Receive(_answer.AsSpan(read));
                if (more == 0) throw new BenchmarkException("the connection was closed before the answer was complete");
                read += more;
                var head = _answer.AsSpan(0, read).IndexOf("\r\n\r\n"u8);
                if (head < 0) continue;
                var length = BodyLength(_answer.AsSpan(0, head));
                if (length is { } known ? read >= head + 4 + known : _answer.AsSpan(0, read).EndsWith("0\r\n\r\n"u8))
                    return (((_answer[9] - '0') * 100) + ((_answer[10] - '0') * 10) + _answer[11] - '0', (head + 4)..read);
            }
        }

        private int Write()
        {
            var at = 0;
            Put(_head);
            System.Buffers.Text.Utf8Formatter.TryFormat(_refresh.Length + 14, _request.AsSpan(at), out var digits);
            at += digits;
            Put("\r\n\r\n{\"refresh\":\""u8);
            Put(_refresh);
            Put("\"}"u8);
            return at;

            void Put(ReadOnlySpan<byte> bytes)
            {
                bytes.CopyTo(_request.AsSpan(at));
                at += bytes.Length;
            }
        }

        /// <summary>Null for a chunked body.</summary>
        private static int? BodyLength(ReadOnlySpan<byte> head)
        {
            const string Name = "\r\nContent-Length: ";
            var at = head.IndexOf("\r\nContent-Length: "u8);
            return at >= 0 && System.Buffers.Text.Utf8Parser.TryParse(head[(at + Name.Length)..], out int length, out _) ? length : null;
        }

        private void Take(Range body)
        {
            var text = _answer.AsSpan(body);
            var before = "\"refresh\":\""u8;
            var start = text.IndexOf(before);
            if (start < 0) throw new BenchmarkException("a refresh was answered without a refresh token");
            text = text[(start + before.Length)..];
            _refresh = text[..text.IndexOf((byte)'"')].ToArray();
        }
    }
}
