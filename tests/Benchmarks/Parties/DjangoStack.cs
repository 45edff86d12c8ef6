using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks.Parties;

/// <summary>The stack that our users come from: nginx, uWSGI, Django, simplejwt with rotation and blacklist. All of it counts, its database too.</summary>
internal static class DjangoStack
{
    private static readonly Tool[] Needs = [Tool.Nginx, Tool.Uwsgi, Tool.Django];

    public static readonly Party OnSqlite = new("Django stack", Needs, bench => StartAsync(bench, null));

    public static readonly Party OnPostgreSql = new("Django on PostgreSQL", [.. Needs, Tool.PostgreSql, Tool.Psycopg], async bench =>
        await StartAsync(bench, await PostgreSql.StartAsync(bench, "django")));

    private static async Task<Running> StartAsync(Bench bench, PostgreSql.Database? database)
    {
        var environment = new Dictionary<string, string>
        {
            ["BENCH_SECRET"] = bench.Workspace.Keys.Secret,
            ["BENCH_PASSWORD_FILE"] = bench.SignIn.PasswordFile,
            ["PYTHONDONTWRITEBYTECODE"] = "1",
        };
        if (database is null) environment["BENCH_DATABASE"] = bench.Workspace.NewFile("django.sqlite3");
        else environment["BENCH_PG_PORT"] = $"{database.Port}";

        await using (var prepare = ServerProcess.Start(bench.Workspace, "django-prepare", "/usr/bin/python3", ["prepare.py"], environment, Uwsgi.Folder))
            await prepare.EndedAsync();

        var socket = bench.Workspace.NewFile("django.sock");
        var uwsgi = Uwsgi.Start(bench.Workspace, "django", socket, "bench.wsgi:application", environment);
        var port = Workspace.FreePort();
        var config = NginxConfig.Around(bench.Workspace, $$"""
            access_log {{bench.Workspace.NewFile("django-access.log")}};
            server {
              listen 127.0.0.1:{{port}} reuseport backlog=4096;
              location / { include /etc/nginx/uwsgi_params; uwsgi_pass unix:{{socket}}; }
            }
            """);
        var nginx = NginxConfig.Start(bench.Workspace, "django-nginx", config);
        ServerProcess[] measured = [await nginx.ReadyAsync(new Uri($"http://127.0.0.1:{port}/api/orders")), uwsgi, .. database is null ? [] : new[] { database.Process }];
        return new Running(new Uri($"http://127.0.0.1:{port}"), measured);
    }
}
