using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks.Parties;

/// <summary>HAProxy's jwt_verify with a check of exp, iss and aud, for three algorithms. It logs to a file, as our gateway does.</summary>
internal static class HaProxy
{
    public static readonly Party Party = new("HAProxy", [Tool.HaProxy], async bench =>
    {
        var backEnd = await bench.StartAsync(BackEnd.Party);
        var (port, secure, keys) = (Workspace.FreePort(), Workspace.FreePort(), bench.Workspace.Keys);
        var config = bench.Workspace.Write("haproxy.cfg", $$"""
            global
              log stdout format raw local0
              maxconn 9000
            defaults
              mode http
              log global
              option httplog
              option http-keep-alive
              timeout client 1h
              timeout server 1h
              timeout connect 5s
              timeout http-keep-alive 1h
            frontend front
              bind 127.0.0.1:{{port}} backlog 4096
              bind 127.0.0.1:{{secure}} ssl crt {{keys.CertificateFile}} alpn h2,http/1.1 backlog 4096
              stick-table type ip size 1m expire 1h store http_req_rate(1h)
              http-request track-sc0 src if { path_beg /limited/ }
              http-request deny deny_status 429 if { path_beg /limited/ } { sc_http_req_rate(0) gt 1 }
              http-request return status 204 if { path /ready }
              http-request set-var(txn.exp) http_auth_bearer,jwt_payload_query('$.exp','int') if { path_beg /api/ }
              http-request set-var(txn.now) date() if { path_beg /api/ }
              {{Check("ES256", keys.PemFile("ES256"))}}
              {{Check("RS256", keys.PemFile("RS256"))}}
              {{Check("HS256", keys.Secret)}}
              http-request deny deny_status 401 if { path_beg /api/ } { var(txn.exp),sub(txn.now) lt 0 }
              http-request set-header X-Forwarded-User %[http_auth_bearer,jwt_payload_query('$.sub')] if { path_beg /api/ }
              default_backend back
            backend back
              http-reuse always
              server one {{backEnd.Address.Authority}} maxconn 1024

            """);
        var process = ServerProcess.Start(bench.Workspace, "haproxy", Tool.HaProxy.FullPath, ["-W", "-db", "-f", config]);
        return new Running(new Uri($"http://127.0.0.1:{port}"), [await process.ReadyAsync(new Uri($"http://127.0.0.1:{port}/ready"))], new Uri($"https://127.0.0.1:{secure}"));

        static string Check(string algorithm, string key) => $$"""
            http-request deny deny_status 401 if { path_beg /api/{{algorithm}} } !{ http_auth_bearer,jwt_verify("{{algorithm}}","{{key}}") 1 }
              http-request deny deny_status 401 if { path_beg /api/{{algorithm}} } !{ http_auth_bearer,jwt_header_query('$.alg') -m str {{algorithm}} }
              http-request deny deny_status 401 if { path_beg /api/{{algorithm}} } !{ http_auth_bearer,jwt_payload_query('$.iss') -m str {{TokenKeys.Issuer(algorithm)}} }
              http-request deny deny_status 401 if { path_beg /api/{{algorithm}} } !{ http_auth_bearer,jwt_payload_query('$.aud') -m str {{TokenKeys.Audience}} }
            """;
    });
}
