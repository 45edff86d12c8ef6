using FrontDoor.Benchmarks.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpLogging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Benchmarks.Parties;

/// <summary>What the platform itself costs: a Kestrel that answers 1 KB, and YARP with one route. No log, no checks, no metrics.</summary>
internal static class DotNetPeers
{
    public static readonly Party Kestrel = new("Kestrel hello", [], bench => StartAsync(bench, "kestrel", bench.Workspace.Www));

    public static readonly Party Yarp = new("bare YARP", [Tool.Nginx], async bench =>
    {
        var backEnd = await bench.StartAsync(BackEnd.Party);
        return await StartAsync(bench, "yarp", backEnd.Address.ToString());
    });

    /// <summary>The same with one line of access log for each request, by the framework's HTTP logging and console logger: what our gateway also does by default.</summary>
    public static readonly Party KestrelWithLog = new("Kestrel hello + log", [], bench => StartAsync(bench, "kestrel-log", bench.Workspace.Www));

    /// <inheritdoc cref="KestrelWithLog"/>
    public static readonly Party YarpWithLog = new("bare YARP + log", [Tool.Nginx], async bench =>
    {
        var backEnd = await bench.StartAsync(BackEnd.Party);
        return await StartAsync(bench, "yarp-log", backEnd.Address.ToString());
    });

    /// <summary>Runs one of them in this process: what <c>benchmarks peer</c> does.</summary>
    public static async Task RunAsync(string kind, int port, string argument)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.ClearProviders();
        var (proxies, logs) = (kind.StartsWith("yarp", StringComparison.Ordinal), kind.EndsWith("-log", StringComparison.Ordinal));
        if (logs)
        {
            builder.Logging.AddSimpleConsole(line => line.SingleLine = true);
            builder.Services.AddHttpLogging(log =>
            {
                log.LoggingFields = HttpLoggingFields.RequestMethod | HttpLoggingFields.RequestPath | HttpLoggingFields.ResponseStatusCode | HttpLoggingFields.Duration;
                log.CombineLogs = true;
            });
            builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.AspNetCore.HttpLogging", LogLevel.Information).AddFilter("Yarp", LogLevel.Warning);
        }

        if (proxies)
        {
            builder.Services.AddReverseProxy().LoadFromMemory(
                [new RouteConfig { RouteId = "all", ClusterId = "all", Match = new RouteMatch { Path = "/{**rest}" } }],
                [new ClusterConfig { ClusterId = "all", Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = argument } } }]);
        }

        await using var app = builder.Build();
        if (logs) app.UseHttpLogging();
        if (proxies)
        {
            app.MapReverseProxy();
        }
        else
        {
            var body = await File.ReadAllBytesAsync(Path.Combine(argument, "1k.html"));
            app.MapGet("/{**rest}", context =>
            {
                context.Response.ContentType = "text/html";
                context.Response.ContentLength = body.Length;
                return context.Response.Body.WriteAsync(body).AsTask();
            });
        }

        await app.RunAsync();
    }

    private static async Task<Running> StartAsync(Bench bench, string kind, string argument)
    {
        var port = Workspace.FreePort();
        var address = new Uri($"http://127.0.0.1:{port}");
        var process = ServerProcess.Start(bench.Workspace, kind, "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "benchmarks.dll"), "peer", kind, "--port", $"{port}", "--argument", argument]);
        return new Running(address, [await process.ReadyAsync(new Uri(address, "/1k.html"))]);
    }
}
