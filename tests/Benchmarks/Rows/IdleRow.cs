using System.Net.Sockets;
using System.Text;
using FrontDoor.Benchmarks.Parties;
using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks.Rows;

/// <summary>
/// Memory with 10,000 live tokens, on 1,000 connections and on 10,000, which stay open. Each round presents every token once; memory is looked at right after it. Each party is alone in a process of
/// its own for that.
/// </summary>
internal sealed class IdleRow : IRow
{
    private const int Tokens = 10_000;
    private const int Lanes = 40;

    private static readonly byte[] Body = Encoding.ASCII.GetBytes(BackEnd.Body);

    private static readonly (Party Party, int Connections)[] Entrants =
    [
        Of(OurGateway.Party, 1_000), Of(OurGateway.Party, 10_000), Of(DotNetPeers.Yarp, 1_000), Of(DotNetPeers.Yarp, 10_000),
        // Two open files for each connection that it may have are more than a usual limit has for 10,000.
        Of(HaProxy.Party, 1_000),
    ];

    public string Name => "memory";

    public string Title => "memory with 10,000 live tokens (MB; connections that stay open)";

    public IEnumerable<Tool> Needs => Entrants.SelectMany(entrant => entrant.Party.Needs);

    public async Task<RowResult> RunAsync(Bench bench)
    {
        var tokens = bench.Workspace.Keys.Tokens(Tokens);
        var results = new List<PartyResult>();
        foreach (var (party, connections) in Entrants)
        {
            if (Tool.Missing(party.Needs) is { } needs)
            {
                results.Add(new PartyResult(party.Name, []) { Missing = needs });
                continue;
            }

            var samples = new List<Sample>();
            var fault = await Faults.OfAsync(async () => samples.AddRange(await OpenAsync(bench, await bench.StartAsync(party), tokens, connections)));
            Bench.Say($"{Name}: {party.Name}: {fault ?? string.Join(", ", samples.Select(sample => $"{sample.Memory:N0} MB"))}");
            results.Add(new PartyResult(party.Name, samples) { Fault = fault });
            await bench.StopAsync(party);
        }

        return RowResult.Of(Name, Title, Named(DotNetPeers.Yarp, 1_000), results, [new Budget(Named(OurGateway.Party, 1_000), Metric.Memory, null, 150)]);
    }

    private static (Party Party, int Connections) Of(Party party, int connections) => (party with { Name = Named(party, connections) }, connections);

    private static string Named(Party party, int connections) => $"{party.Name}, {connections:N0} connections";

    private static async Task<List<Sample>> OpenAsync(Bench bench, Running running, string[] tokens, int connections)
    {
        var (sockets, samples) = (new List<Socket>(), new List<Sample>());
        try
        {
            for (var i = 0; i < connections; i++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                sockets.Add(socket);
                await socket.ConnectAsync(running.Address.Host, running.Address.Port);
            }

            for (var round = 0; round < bench.Effort.Rounds; round++)
            {
                // Lanes, so that it is not a flood; both counts of connections are multiples of theirs, so no two share a connection.
                await Parallel.ForEachAsync(Enumerable.Range(0, Lanes), async (lane, _) =>
                {
                    for (var i = lane; i < tokens.Length; i += Lanes) await AskAsync(sockets[i % connections], tokens[i]);
                });
                samples.Add(new Sample(0, 0, 0, 0, ProcessTree.MemoryBytes(running.Ids) / 1e6, 0));
            }

            return samples;
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
        var read = 0;
        while (!buffer.AsSpan(0, read).EndsWith(Body)) read += await socket.ReceiveAsync(buffer.AsMemory(read)) is > 0 and var more ? more : throw new BenchmarkException($"a token was answered {Encoding.ASCII.GetString(buffer, 0, read)}");
        if (!buffer.AsSpan(0, read).StartsWith("HTTP/1.1 200"u8)) throw new BenchmarkException($"a token was answered {Encoding.ASCII.GetString(buffer, 0, read)}");
    }
}
