using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks.Parties;

/// <summary>Caddy: files and proxy, with its access log in a file.</summary>
internal static class Caddy
{
    public static readonly Party Party = new("Caddy", [Tool.Caddy], async bench =>
    {
        var backEnd = await bench.StartAsync(BackEnd.Party);
        var port = Workspace.FreePort();
        var config = bench.Workspace.Write("Caddyfile", $$"""
            {
              admin off
              auto_https off
            }
            http://127.0.0.1:{{port}} {
              bind 127.0.0.1
              log {
                output file {{bench.Workspace.NewFile("caddy-access.log")}}
              }
              handle /open/* {
                reverse_proxy {{backEnd.Address.Authority}}
              }
              handle {
                root * {{bench.Workspace.Www}}
                file_server {
                  precompressed gzip
                }
              }
            }
            """);
        var process = ServerProcess.Start(bench.Workspace, "caddy", Tool.Caddy.FullPath, ["run", "--adapter", "caddyfile", "--config", config]);
        return new Running(new Uri($"http://127.0.0.1:{port}"), [await process.ReadyAsync(new Uri($"http://127.0.0.1:{port}/1k.html"))]);
    });
}
