namespace FrontDoor.Benchmarks.Parties;

/// <summary>The back end of every proxy: nginx with a fixed answer, the cheapest there is. Its CPU time does not count.</summary>
internal static class BackEnd
{
    /// <summary>What it answers, 207 bytes of JSON.</summary>
    public const string Body =
        """{"id":"0199f6a2c9e07d3b","items":[{"sku":"A-100","count":2},{"sku":"B-205","count":1}],"total":"42.50","currency":"EUR","state":"paid","note":"a body of a size that APIs often have, the same from every back end"}""";

    public static readonly Party Party = new("back end", [Tool.Nginx], async bench =>
    {
        var port = Workspace.FreePort();
        var config = NginxConfig.Around(bench.Workspace, $$"""
            access_log off;
            server {
              listen 127.0.0.1:{{port}} reuseport backlog=4096;
              default_type application/json;
              location / { return 200 '{{Body}}'; }
            }
            """);
        var process = NginxConfig.Start(bench.Workspace, "back-end", config);
        return new Running(new Uri($"http://127.0.0.1:{port}"), [await process.ReadyAsync(new Uri($"http://127.0.0.1:{port}/"))]);
    });
}
