using System.Text.Json;

namespace FrontDoor.Gateway.Dashboard;

/// <summary>A page that shows what the gateway is doing, and the document it reads. For the management listener alone; nothing can be changed by it.</summary>
internal static class DashboardSetup
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly Dictionary<string, (string Type, byte[] Content)> Files = new(StringComparer.Ordinal)
    {
        ["/"] = ("text/html; charset=utf-8", Read("index.html")),
        ["/dashboard.css"] = ("text/css; charset=utf-8", Read("dashboard.css")),
        ["/dashboard.js"] = ("text/javascript; charset=utf-8", Read("dashboard.js")),
    };

    public static void AddDashboard(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TrafficHistory>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<TrafficHistory>());
        builder.Services.AddSingleton<StatusReport>();
    }

    public static void UseDashboard(this IApplicationBuilder management)
    {
        var report = management.ApplicationServices.GetRequiredService<StatusReport>();
        management.Use(next => context =>
        {
            var path = context.Request.Path.Value ?? "";
            if (path != "/api/status" && !Files.ContainsKey(path)) return next(context);
            if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)) return AnswerAsync(context, path, report);
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return Task.CompletedTask;
        });
    }

    private static async Task AnswerAsync(HttpContext context, string path, StatusReport report)
    {
        var (type, content) = Files.TryGetValue(path, out var file)
            ? file
            : ("application/json", JsonSerializer.SerializeToUtf8Bytes(await report.MakeAsync(context.RequestAborted), StatusJson.Default.Status));
        var headers = context.Response.Headers;
        headers.ContentType = type;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ContentLength = content.Length;
        if (HttpMethods.IsGet(context.Request.Method)) await context.Response.Body.WriteAsync(content, context.RequestAborted);
    }

    private static byte[] Read(string file)
    {
        using var resource = typeof(DashboardSetup).Assembly.GetManifestResourceStream($"dashboard/{file}")!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }
}
