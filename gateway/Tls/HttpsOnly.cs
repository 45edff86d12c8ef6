using System.Globalization;
using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.Edge;
using FrontDoor.Gateway.Observability;
using Microsoft.AspNetCore.Http.Features;

namespace FrontDoor.Gateway.Tls;

/// <summary>Sends clients from http to https, and tells browsers to stay there. The framework's two middlewares read their options once and redirect ACME's challenges too.</summary>
internal sealed class HttpsOnly(RequestDelegate next, CurrentConfig current)
{
    public Task InvokeAsync(HttpContext context)
    {
        var tls = current.Value.Tls;
        var request = context.Request;
        if (request.IsHttps)
        {
            // At the end, over whatever a back end says: the field must be there once (RFC 6797 section 7.1).
            if (tls.Hsts is not null) context.Response.OnStarting(SetHstsAsync, context.Response);
            return next(context);
        }

        // RFC 8555 section 8.3: the challenge is asked over http.
        if (!tls.RedirectHttp || request.Path.StartsWithSegments("/.well-known/acme-challenge", StringComparison.Ordinal)) return next(context);
        if (!request.Host.HasValue) return Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "host_missing", "The request names no host.");

        AccessLog.SetReason(context, "https_redirect");
        var port = tls.HttpsPort == 443 ? "" : string.Create(CultureInfo.InvariantCulture, $":{tls.HttpsPort}");
        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.Headers.Location = $"https://{request.Host.Host}{port}{FieldText.Safe(context.Features.Get<IHttpRequestFeature>()!.RawTarget)}";
        return Task.CompletedTask;
    }

    private Task SetHstsAsync(object response)
    {
        if (current.Value.Tls.Hsts is { } hsts) ((HttpResponse)response).Headers.StrictTransportSecurity = hsts.Field();
        return Task.CompletedTask;
    }
}
