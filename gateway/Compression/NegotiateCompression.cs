using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Net.Http.Headers;

namespace FrontDoor.Gateway.Compression;

/// <summary>
/// Says what the framework's middleware does not: <c>Vary</c> on answers that another client would get compressed, and to HEAD the fields that GET would get.
/// </summary>
internal sealed class NegotiateCompression(RequestDelegate next, IResponseCompressionProvider provider)
{
    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(Tell, context);
        return next(context);
    }

    private Task Tell(object state)
    {
        var context = (HttpContext)state;
        var (response, headers) = (context.Response, context.Response.Headers);
        var compressed = headers.ContentEncoding.Count > 0;
        if (response.StatusCode != StatusCodes.Status304NotModified && !compressed && !RouteCompressionProvider.RuleOf(context).MayCompress(response)) return Task.CompletedTask;
        if (!headers.GetCommaSeparatedValues(HeaderNames.Vary).Any(v => v == "*" || v.Equals(HeaderNames.AcceptEncoding, StringComparison.OrdinalIgnoreCase)))
            headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        if (compressed || !HttpMethods.IsHead(context.Request.Method) || !provider.CheckRequestAcceptsCompression(context)) return Task.CompletedTask;
        if (provider.GetCompressionProvider(context) is not { } coding || !provider.ShouldCompressResponse(context)) return Task.CompletedTask;
        headers.ContentEncoding = coding.EncodingName;
        response.ContentLength = null;
        headers.Remove(HeaderNames.ContentMD5);
        return Task.CompletedTask;
    }
}
