using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks.Parties;

/// <summary>What all our nginx configurations share.</summary>
internal static class NginxConfig
{
    /// <summary>The http block around servers; two workers, as many as our machine has cores, and connections that are kept for good.</summary>
    public static string Around(Workspace workspace, string http)
    {
        var folder = workspace.NewFolder("nginx");
        return workspace.Write("nginx.conf", $$"""
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            daemon off;
            worker_processes auto;
            worker_rlimit_nofile 65536;
            pid {{folder}}/pid;
            error_log {{folder}}/error.log warn;
            events { worker_connections 20000; }
            http {
              include /etc/nginx/mime.types;
              client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; uwsgi_temp_path {{folder}}/uwsgi;
              fastcgi_temp_path {{folder}}/fastcgi; scgi_temp_path {{folder}}/scgi;
              sendfile on; tcp_nopush on; tcp_nodelay on; server_tokens off;
              keepalive_requests 100000000; keepalive_timeout 3600s;
              {{http}}
            }
            """);
    }

    public static ServerProcess Start(Workspace workspace, string name, string config) =>
        ServerProcess.Start(workspace, name, Tool.Nginx.FullPath, ["-c", config, "-e", "stderr"]);
}
