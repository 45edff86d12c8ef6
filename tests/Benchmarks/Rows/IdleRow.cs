using System.Net.Sockets;
using System.Text;
using FrontDoor.Benchmarks.Parties;
using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks.Rows;

/// <summary>
/// Memory: 10,000 connections that each brought a token of its own once and then stay open; and 10,000 live tokens on 1,000 connections.
/// </summary>
internal sealed class IdleRow : IRow
{
    private const int Tokens = 10_000;
    private const int Lanes = 40;

    public string Name => "memory";

    public string Title => "memory with 10,000 live tokens (MB; idle connections)";

    public async Task<RowResult> RunAsync(Bench bench)
    {
        var tokens = bench.Workspace.Keys.Tokens(Tokens);
        var parties = new List<PartyResult>();
        foreach (var connections in new[] { 1_000, 10_000 })
        {
            var party = OurGateway.Party with { Name = $"our gateway, {connections:N0} connections" };
            var running = await bench.StartAsync(party);
            var samples = new List<Sample> { await OpenAsync(running, tokens, connections) };
            Bench.Say($"{Name}: {party.Name}: {samples[0].Memory:N0} MB");
            parties.Add(new PartyResult(party.Name, samples));
            await bench.StopAsync(party);
        }

        var proxy = await bench.StartAsync(DotNetPeers.Yarp);
        parties.Add(new PartyResult("bare YARP, 1,000 connections", [await OpenAsync(proxy, tokens, 1_000)]));
        return RowResult.Of(Name, Title, parties[^1].Party, parties, [new Budget(parties[0].Party, Metric.Memory, null, 150)]);
    }

    private static async Task<Sample> OpenAsync(Running running, string[] tokens, int connections)
    {
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < connections; i++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                sockets.Add(socket);
                await socket.ConnectAsync(running.Address.Host, running.Address.Port);
            }

            // Lanes, so that it is not a flood; both counts of connections are multiples of theirs, so no two share a connection.
            await Parallel.ForEachAsync(Enumerable.Range(0, Lanes), async (lane, _) =>
            {
                for (var i = lane; i < tokens.Length; i += Lanes) await AskAsync(sockets[i % connections], tokens[i]);
            });
            var ids = running.Ids.ToArray();
            var memory = ProcessTree.MemoryBytes(ids) / 1e6;
            return new Sample(0, 0, 0, 0, memory, 0);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    private static async Task AskAsync(Socket socket, string token)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /api/ES256/orders HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"));
        var buffer = new byte[4096];
        var read = await socket.ReceiveAsync(buffer);
        if (!Encoding.ASCII.GetString(buffer, 0, read).StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) throw new BenchmarkException($"a token was answered {Encoding.ASCII.GetString(buffer, 0, Math.Min(read, 40))}");
    }
}
