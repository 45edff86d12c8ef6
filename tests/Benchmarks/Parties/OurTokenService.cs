using System.Text.Json;
using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks.Parties;

/// <summary>Our token service, published as its Dockerfile does, on SQLite or PostgreSQL, with one user. The database's CPU time counts.</summary>
internal static class OurTokenService
{
    /// <summary>As it is delivered.</summary>
    public const string Issuer = "http://localhost:8080";

    public static readonly Party OnSqlite = new("our token service", [], bench => StartAsync(bench, "sqlite", null));

    public static readonly Party OnPostgreSql = new("ours on PostgreSQL", [Tool.PostgreSql], async bench =>
        await StartAsync(bench, "postgresql", await PostgreSql.StartAsync(bench, "ours")));

    /// <summary>With so many sessions of others in its table.</summary>
    public static Party WithSessions(int sessions, bool postgreSql) => new($"{sessions:N0} sessions", postgreSql ? [Tool.PostgreSql] : [], async bench =>
        await StartAsync(bench, $"sessions-{sessions}", postgreSql ? await PostgreSql.StartAsync(bench, $"sessions-{sessions}") : null, sessions));

    /// <summary>With a feed of revocations for those who have this secret.</summary>
    public static Party WithFeed(string keyFile) => new("our token service with a feed", [], bench =>
        StartAsync(bench, "feed", null, more: new() { ["Revocations__FeedKeyFile"] = keyFile }));

    public static Dictionary<string, string> Environment(Bench bench, string data, int port, PostgreSql.Database? database) => new()
    {
        ["Kestrel__Endpoints__Http__Url"] = $"http://127.0.0.1:{port}",
        ["Storage__DataDirectory"] = data,
        ["Storage__Provider"] = database is null ? "Sqlite" : "PostgreSql",
        ["Storage__ConnectionString"] = database?.ConnectionString ?? "",
        [$"Users__Seed__{SignIn.UserName}__PasswordFile"] = bench.SignIn.PasswordFile,
    };

    private static async Task<Running> StartAsync(Bench bench, string name, PostgreSql.Database? database, int sessions = 0, Dictionary<string, string>? more = null)
    {
        var program = await bench.PublishedAsync("token-service");
        var (port, data) = (Workspace.FreePort(), bench.Workspace.NewFolder($"data-{name}"));
        var address = new Uri($"http://127.0.0.1:{port}");
        var environment = Environment(bench, data, port, database);
        foreach (var (key, value) in more ?? []) environment[key] = value;
        if (sessions > 1) await SeedAsync(bench, program, environment, address, sessions);

        var process = await Run(bench, program, environment).ReadyAsync(new Uri(address, "/health/ready"));
        return new Running(address, database is null ? [process] : [process, database.Process]);
    }

    private static ServerProcess Run(Bench bench, string program, Dictionary<string, string> environment) =>
        ServerProcess.Start(bench.Workspace, "token-service", "dotnet", [program], environment, Path.GetDirectoryName(program));

    /// <summary>A first start makes tables and user, then the seeding command fills the table.</summary>
    private static async Task SeedAsync(Bench bench, string program, Dictionary<string, string> environment, Uri address, int sessions)
    {
        await using (var first = Run(bench, program, environment)) await first.ReadyAsync(new Uri(address, "/health/ready"));
        Console.Error.WriteLine($"making {sessions:N0} sessions");
        await using var seed = ServerProcess.Start(bench.Workspace, "seed", "dotnet",
            [program, "sessions", "seed", "--user", SignIn.UserName, "--count", $"{sessions}", "--yes"], environment, Path.GetDirectoryName(program));
        await seed.EndedAsync();
    }
}

/// <summary>The one user that signs in everywhere.</summary>
internal sealed record SignIn(string PasswordFile, string Password)
{
    public const string UserName = "bench";

    public string Body => JsonSerializer.Serialize(new { username = UserName, password = Password });

    public static SignIn Create(Workspace workspace)
    {
        var password = Workspace.NewPassword();
        var file = workspace.Write("password", password);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new SignIn(file, password);
    }
}
