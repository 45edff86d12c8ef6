using System.Globalization;
using FrontDoor.Benchmarks.Load;
using FrontDoor.Benchmarks.Parties;

namespace FrontDoor.Benchmarks.Rows;

/// <summary>All rows, with the budgets of the design.</summary>
internal static class Plan
{
    private static readonly Party Ours = OurGateway.Party;
    private static readonly Party Yarp = DotNetPeers.Yarp;
    private static readonly Party Hello = DotNetPeers.Kestrel;

    public static IReadOnlyList<IRow> Rows { get; } =
    [
        .. Static(),
        .. Proxy(),
        .. Refused(),
        .. TokenService(),
        new StartRow(),
        new IdleRow(),
        Routes(),
        Sessions(postgreSql: false),
        Sessions(postgreSql: true),
        new SoakRow(),
    ];

    private static IEnumerable<IRow> Static()
    {
        yield return new LoadRow("static-1k", "static file, 1 KB", Nginx.Party,
            Same(_ => new Ask("/1k.html"), Ours, Hello, DotNetPeers.KestrelWithLog, Nginx.Party, Nginx.Tuned, Caddy.Party),
            new Budget(Ours.Name, Metric.Cpu, Hello.Name, 1.0), new Budget(Ours.Name, Metric.Cpu, Nginx.Party.Name, 1.15), new Budget(Ours.Name, Metric.Cpu, Caddy.Party.Name, 0.25));
        yield return new LoadRow("static-16k-gzip", "static file, 16 KB, precompressed", Nginx.Party, Same(_ => new Ask("/16k.js") { Gzip = true }, Ours, Nginx.Party, Caddy.Party));
        yield return new LoadRow("static-128k", "static file, 128 KB", Nginx.Party, Same(_ => new Ask("/128k.js"), Ours, Nginx.Party, Nginx.Tuned, Caddy.Party),
            new Budget(Ours.Name, Metric.Cpu, Nginx.Party.Name, 1.4));
        yield return new LoadRow("static-128k-gzip", "static file, 128 KB, precompressed", Nginx.Party, Same(_ => new Ask("/128k.js") { Gzip = true }, Ours, Nginx.Party, Caddy.Party),
            new Budget(Ours.Name, Metric.Cpu, Nginx.Party.Name, 1.4));
        yield return new LoadRow("static-10m", "static file, 10 MB", Nginx.Party, Same(_ => new Ask("/10m.bin"), Ours, Nginx.Party, Caddy.Party));
    }

    private static IEnumerable<IRow> Proxy()
    {
        yield return new LoadRow("proxy-anonymous", "proxy, anonymous route", Yarp, Same(_ => new Ask("/open/orders"), Ours, Yarp, DotNetPeers.YarpWithLog, Nginx.Party, Caddy.Party));
        yield return new LoadRow("proxy-warm", "proxy, one warm token (ES256; Django HS256)", Yarp,
            [
                (Ours, Warm("ES256")), (Yarp, Warm("ES256")), (DotNetPeers.YarpWithLog, Warm("ES256")), (HaProxy.Party, Warm("ES256")), (Nginx.AuthRequest, Warm("ES256")),
                (DjangoStack.OnSqlite, bench => new Ask("/api/orders") { Token = bench.Workspace.Keys.Token("HS256"), HasOwnAnswer = true }),
            ],
            new Budget(Ours.Name, Metric.Cpu, Yarp.Name, 1.15), new Budget(Ours.Name, Metric.Cpu, HaProxy.Party.Name, 0.75), new Budget(Ours.Name, Metric.Cpu, DjangoStack.OnSqlite.Name, 0.10));
        yield return new LoadRow("proxy-warm-rs256", "proxy, one warm token, RS256", Yarp, Same(Warm("RS256"), Ours, Yarp, HaProxy.Party));
        yield return new LoadRow("proxy-warm-hs256", "proxy, one warm token, HS256", Yarp, Same(Warm("HS256"), Ours, Yarp, HaProxy.Party));
        yield return new LoadRow("proxy-10000-tokens", "proxy, 10,000 warm tokens in turn, ES256", Yarp,
            Same(bench => new Ask("/api/ES256/orders") { Tokens = bench.Workspace.Keys.Tokens(10_000) }, Ours, Yarp, HaProxy.Party, Nginx.AuthRequest));
        yield return new LoadRow("proxy-first-seen", "proxy, each token seen for the first time, ES256", Yarp,
            Same(_ => new Ask("/api/ES256/orders") { FirstSeen = 40_000 }, Ours, Yarp, HaProxy.Party, Nginx.AuthRequest),
            new Budget(Ours.Name, Metric.Cpu, Yarp.Name, 1.3) { Plus = OneVerification.Name })
        {
            Beside = OneVerification.Entrant,
        };
        yield return new LoadRow("proxy-tls", "proxy, one warm token, HTTP/1.1 over TLS", HaProxy.Party, Same(bench => Warm("ES256")(bench) with { Secure = true }, Ours, HaProxy.Party));
        yield return new LoadRow("proxy-h2", "proxy, one warm token, HTTP/2 over TLS", HaProxy.Party, Same(Warm("ES256"), Ours, HaProxy.Party)) { Http2 = true };
        yield return new LoadRow("open-tls", "proxy, anonymous route, HTTP/1.1 over TLS", Nginx.Party, Same(_ => new Ask("/open/orders") { Secure = true }, Ours, Nginx.Party, HaProxy.Party));
        yield return new LoadRow("open-h2", "proxy, anonymous route, HTTP/2 over TLS", Nginx.Party, Same(_ => new Ask("/open/orders"), Ours, Nginx.Party, HaProxy.Party)) { Http2 = true };
    }

    private static IEnumerable<IRow> Refused()
    {
        yield return new LoadRow("refused-no-token", "refused: no token", HaProxy.Party, Same(_ => new Ask("/api/ES256/orders") { Status = 401 }, Ours, HaProxy.Party, Nginx.AuthRequest));
        yield return new LoadRow("refused-bad-signature", "refused: signature of another key", HaProxy.Party,
            Same(bench => new Ask("/api/ES256/orders") { Status = 401, Token = bench.Workspace.Keys.Forged() }, Ours, HaProxy.Party, Nginx.AuthRequest));
        yield return new LoadRow("rate-limited", "refused: rate limit", Nginx.Party, Same(_ => new Ask("/limited/orders") { Status = 429 }, Ours, Nginx.Party, HaProxy.Party));
    }

    private static IEnumerable<IRow> TokenService()
    {
        yield return new LoadRow("login", "sign-in (each hashes as it does by default)", DjangoStack.OnSqlite, Same(bench => new Ask("/api/token/") { Body = bench.SignIn.Body, Lanes = 4 }, OurTokenService.OnSqlite, DjangoStack.OnSqlite));
        yield return new RefreshRow("refresh-sqlite", "refresh with rotation, SQLite, 32 sessions", 32, [OurTokenService.OnSqlite, DjangoStack.OnSqlite],
            new Budget(OurTokenService.OnSqlite.Name, Metric.Rate, DjangoStack.OnSqlite.Name, 40));
        yield return new RefreshRow("refresh-postgresql", "refresh with rotation, PostgreSQL, 32 sessions", 32, [OurTokenService.OnPostgreSql, DjangoStack.OnPostgreSql],
            new Budget(OurTokenService.OnPostgreSql.Name, Metric.Rate, DjangoStack.OnPostgreSql.Name, 25));
        yield return new RefreshRow("refresh-64", "refresh with rotation, 64 sessions", 64, [OurTokenService.OnPostgreSql, OurTokenService.OnSqlite],
            new Budget(OurTokenService.OnSqlite.Name, Metric.P99, null, 25), new Budget(OurTokenService.OnPostgreSql.Name, Metric.P99, null, 25));
        yield return new FloodRow();
        yield return new SignOutRow();
    }

    /// <summary>The cost of a request must not grow with the table.</summary>
    private static LoadRow Routes()
    {
        Party[] sizes = [OurGateway.WithRoutes(10), OurGateway.WithRoutes(1_000), OurGateway.WithRoutes(10_000)];
        return new LoadRow("routes", "proxy, one warm token, tables of 10 to 10,000 routes", sizes[0], Same(Warm("ES256"), sizes),
            [.. sizes[1..].Select(size => new Budget(size.Name, Metric.Cpu, sizes[0].Name, 1.1))]);
    }

    private static RefreshRow Sessions(bool postgreSql)
    {
        Party[] sizes = [OurTokenService.WithSessions(1_000_000, postgreSql), OurTokenService.WithSessions(1_000, postgreSql), OurTokenService.WithSessions(1, postgreSql)];
        var name = postgreSql ? "sessions-postgresql" : "sessions-sqlite";
        return new RefreshRow(name, string.Create(CultureInfo.InvariantCulture, $"refresh, 1 to 1,000,000 sessions in the table, {(postgreSql ? "PostgreSQL" : "SQLite")}"), 8, sizes,
            [.. sizes[..^1].Select(size => new Budget(size.Name, Metric.Cpu, sizes[^1].Name, 1.15))]);
    }

    private static Func<Bench, Ask> Warm(string algorithm) => bench => new Ask($"/api/{algorithm}/orders") { Token = bench.Workspace.Keys.Token(algorithm) };

    /// <summary>The same request, with the same token, to each.</summary>
    private static (Party, Func<Bench, Ask>)[] Same(Func<Bench, Ask> ask, params Party[] parties)
    {
        Ask? one = null;
        return [.. parties.Select(party => (party, (Func<Bench, Ask>)(bench => one ??= ask(bench))))];
    }
}
