using FrontDoor.Gateway.Edge;
using Microsoft.Extensions.Primitives;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>Sends the file that a back end has handed over in place of its own answer.</summary>
internal sealed partial class SendHandedOver(RequestDelegate next, ConfiguredSites sites, ILogger<SendHandedOver> logger)
{
    // What nginx keeps of the back end's answer.
    private static readonly string[] Kept = ["Content-Type", "Content-Disposition", "Content-Language", "Cache-Control", "Expires", "Set-Cookie"];

    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if (context.Features.Get<HandedOver>() is { } order) await SendAsync(context, order.Target);
    }

    private async Task SendAsync(HttpContext context, string target)
    {
        var headers = context.Response.Headers;
        KeyValuePair<string, StringValues>[] kept = [.. headers.Where(h => Kept.Contains(h.Key, StringComparer.OrdinalIgnoreCase) && !StringValues.IsNullOrEmpty(h.Value))];
        headers.Clear();
        context.Response.StatusCode = StatusCodes.Status200OK;

        if (HandedOverPath.Of(target) is not { } wanted || sites.Now.Internal(wanted, out var path) is not { } site)
        {
            Log.Illegal(logger, InternalRedirect.Field);
            await Problem.WriteAsync(context, StatusCodes.Status502BadGateway, "bad_gateway", "The service behind the gateway gave no valid answer.", reason: "internal_redirect_illegal");
            return;
        }

        foreach (var (name, value) in kept) headers[name] = value;
        if (await SiteAnswers.TryAnswerAsync(context, site, path, filesOnly: true)) return;
        headers.Clear();
        await Problem.WriteAsync(context, StatusCodes.Status404NotFound, "not_found", "Not found.", reason: "internal_redirect_not_found");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A back end's {Field} is not the path of an internal site")]
        public static partial void Illegal(ILogger logger, string field);
    }
}
