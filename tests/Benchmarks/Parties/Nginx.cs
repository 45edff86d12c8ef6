namespace FrontDoor.Benchmarks.Parties;

/// <summary>nginx as Debian ships it: files, proxy, and proxy behind auth_request. It logs to a file, as our gateway does.</summary>
internal static class Nginx
{
    public static readonly Party Party = new("nginx", [Tool.Nginx], bench => StartAsync(bench, "", ""));

    /// <summary>As its own tuning guide has it: what we do as well by default. Its log waits in memory, files and what is known of them stay open.</summary>
    public static readonly Party Tuned = new("nginx, tuned", [Tool.Nginx], bench =>
        StartAsync(bench, "buffer=64k flush=1s", "open_file_cache max=1000 inactive=60s; open_file_cache_valid 1s; open_file_cache_min_uses 1;"));

    private static async Task<Running> StartAsync(Bench bench, string log, string http)
    {
        var backEnd = await bench.StartAsync(BackEnd.Party);
        var (plain, secure) = (Workspace.FreePort(), Workspace.FreePort());
        var config = NginxConfig.Around(bench.Workspace, $$"""
            access_log {{bench.Workspace.NewFile("nginx-access.log")}} combined {{log}};
            {{http}}
            upstream backend { server {{backEnd.Address.Authority}}; keepalive 256; keepalive_requests 100000000; }
            limit_req_zone $binary_remote_addr zone=none_left:1m rate=1r/m;
            limit_req_status 429;
            limit_req_log_level info;
            ssl_certificate {{bench.Workspace.Keys.CertificateFile}};
            ssl_certificate_key {{bench.Workspace.Keys.CertificateKeyFile}};
            server {
              listen 127.0.0.1:{{plain}} reuseport backlog=4096;
              listen 127.0.0.1:{{secure}} ssl http2 reuseport backlog=4096;
              location / { root {{bench.Workspace.Www}}; gzip_static on; }
              location /open/ { {{Forward}} }
              location /limited/ { limit_req zone=none_left; {{Forward}} }
            }
            """);
        var process = NginxConfig.Start(bench.Workspace, "nginx", config);
        return new Running(
            new Uri($"http://127.0.0.1:{plain}"), [await process.ReadyAsync(new Uri($"http://127.0.0.1:{plain}/1k.html"))], new Uri($"https://127.0.0.1:{secure}"));
    }

    /// <summary>auth_request to a validator that checks ES256 with PyJWT on uWSGI; the validator's CPU time counts.</summary>
    public static readonly Party AuthRequest = new("nginx + auth_request", [Tool.Nginx, Tool.Uwsgi, Tool.PyJwt], async bench =>
    {
        var backEnd = await bench.StartAsync(BackEnd.Party);
        var socket = bench.Workspace.NewFile("validator.sock");
        var validator = Uwsgi.Start(bench.Workspace, "validator", socket, "validator:application", new Dictionary<string, string>
        {
            ["BENCH_PUBLIC_KEY"] = bench.Workspace.Keys.PemFile("ES256"),
            ["BENCH_ISSUER"] = TokenKeys.Issuer("ES256"),
            ["BENCH_AUDIENCE"] = TokenKeys.Audience,
        });
        var port = Workspace.FreePort();
        var config = NginxConfig.Around(bench.Workspace, $$"""
            access_log {{bench.Workspace.NewFile("nginx-access.log")}};
            upstream backend { server {{backEnd.Address.Authority}}; keepalive 256; keepalive_requests 100000000; }
            server {
              listen 127.0.0.1:{{port}} reuseport backlog=4096;
              location /api/ {
                auth_request /_validate;
                auth_request_set $user $upstream_http_x_user;
                proxy_set_header X-Forwarded-User $user;
                {{Forward}}
              }
              location = /_validate { internal; include /etc/nginx/uwsgi_params; uwsgi_pass_request_body off; uwsgi_pass unix:{{socket}}; }
            }
            """);
        var process = NginxConfig.Start(bench.Workspace, "nginx-auth", config);
        // 500 until the validator answers, 401 from then on.
        return new Running(new Uri($"http://127.0.0.1:{port}"), [await process.ReadyAsync(new Uri($"http://127.0.0.1:{port}/api/ready")), validator]);
    });

    private const string Forward = """proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;""";
}
