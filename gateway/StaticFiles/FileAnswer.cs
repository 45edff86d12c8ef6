using Microsoft.Extensions.Primitives;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>Answers a request with a file: whole, in parts, or by saying that the client has it already.</summary>
internal static class FileAnswer
{
    private static readonly StringValues Bytes = "bytes";
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues AcceptAndEncoding = "Accept, Accept-Encoding";
    private static readonly Task<bool> NotSent = Task.FromResult(false);

    /// <returns>True when it is answered; false when the file on disk is not this one any more: nothing has been sent then.</returns>
    public static Task<bool> SendAsync(HttpContext context, SiteFile file, Site site)
    {
        var maxRanges = site.Options.MaxRanges;
        var fields = context.Request.Headers;
        var form = file.For(fields);
        IReadOnlyList<ByteRange>? ranges = null;
        if (SiteAnswers.IsRead(context.Request.Method))
        {
            switch (Preconditions.Judge(fields, form.Tag, file.LastModified))
            {
                case Precondition.NotModified: return NotModified(context.Response, file, form);
                case Precondition.Failed: return RefuseAsync(context, site, StatusCodes.Status412PreconditionFailed, "precondition_failed", "The file has another version.");
            }

            if (fields.Range.Count > 0 && Preconditions.AllowsRange(fields.IfRange, form.Tag, file.LastModified))
                ranges = ByteRanges.Of(fields.Range, form.Length, maxRanges);
            if (ranges is { Count: 0 })
            {
                context.Response.Headers.ContentRange = FormattableString.Invariant($"bytes */{form.Length}");
                return RefuseAsync(context, site, StatusCodes.Status416RangeNotSatisfiable, "range_not_satisfiable", "The file does not have the bytes that were asked for.");
            }
        }

        if (form is { Content: not null, Length: <= OpenedFile.SmallBytes } || HttpMethods.IsHead(context.Request.Method))
        {
            SetHead(context.Response, file, form, maxRanges);
            return SendPartsAsync(context, new OpenedFile(form), ranges);
        }

        if (OpenedFile.TryOpen(form, file.Identity, site.Sending) is not { } opened) return NotSent;
        SetHead(context.Response, file, opened.Form, maxRanges);
        // Without the file: it would hold the bytes of all its forms for as long as the slowest client takes.
        return SendAndCloseAsync(context, opened, ranges);
    }

    /// <summary>Answers an error with a file, as it is and kept by nobody.</summary>
    public static Task<bool> SendErrorPageAsync(HttpContext context, SiteFile file, Site site, int status)
    {
        if (OpenedFile.TryOpen(file.Identity, file.Identity, site.Sending) is not { } opened) return NotSent;
        var response = context.Response;
        SetHeaders(response, file);
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        response.ContentType = file.ContentType;
        return SendAndCloseAsync(context, opened, ranges: null);
    }

    private static void SetHead(HttpResponse response, SiteFile file, Representation form, int maxRanges)
    {
        SetHeaders(response, file);
        SetValidators(response, file, form);
        var headers = response.Headers;
        if (headers.ContentType.Count == 0) headers.ContentType = file.ContentType;
        if (form.Coding is not null) headers.ContentEncoding = form.Coding;
        else if (maxRanges > 0) headers.AcceptRanges = Bytes;
    }

    private static async Task<bool> SendAndCloseAsync(HttpContext context, OpenedFile opened, IReadOnlyList<ByteRange>? ranges)
    {
        using (opened) return await SendPartsAsync(context, opened, ranges);
    }

    private static Task<bool> SendPartsAsync(HttpContext context, OpenedFile opened, IReadOnlyList<ByteRange>? ranges) => ranges switch
    {
        null => SendPartAsync(context, opened, new ByteRange(0, opened.Form.Length)),
        [var range] => SendRangeAsync(context, opened, range),
        _ => SendRangesAsync(context, opened, ranges),
    };

    private static Task<bool> SendRangeAsync(HttpContext context, OpenedFile opened, ByteRange range)
    {
        context.Response.StatusCode = StatusCodes.Status206PartialContent;
        context.Response.Headers.ContentRange = range.In(opened.Form.Length);
        return SendPartAsync(context, opened, range);
    }

    private static Task<bool> SendPartAsync(HttpContext context, OpenedFile opened, ByteRange range)
    {
        context.Response.ContentLength = range.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.FromResult(true) : opened.SendAsync(context, range);
    }

    private static async Task<bool> SendRangesAsync(HttpContext context, OpenedFile opened, IReadOnlyList<ByteRange> ranges)
    {
        var response = context.Response;
        var multipart = new MultipartRanges(ranges, opened.Form.Length, response.ContentType!);
        response.StatusCode = StatusCodes.Status206PartialContent;
        response.ContentType = multipart.ContentType;
        response.ContentLength = multipart.ContentLength;
        if (HttpMethods.IsHead(context.Request.Method)) return true;

        foreach (var (head, range) in multipart.Parts)
        {
            await response.BodyWriter.WriteAsync(head);
            await opened.SendAsync(context, range);
        }

        await response.BodyWriter.WriteAsync(multipart.End);
        return true;
    }

    // RFC 9110 section 15.4.5: what a 200 would have said about caching, and no more about the content.
    private static Task<bool> NotModified(HttpResponse response, SiteFile file, Representation form)
    {
        response.StatusCode = StatusCodes.Status304NotModified;
        SetHeaders(response, file);
        SetValidators(response, file, form);
        return Task.FromResult(true);
    }

    private static async Task<bool> RefuseAsync(HttpContext context, Site site, int status, string code, string detail)
    {
        await SiteAnswers.RefuseAsync(context, site, status, code, detail);
        return true;
    }

    // What a back end has set before it handed the file over stays.
    private static void SetHeaders(HttpResponse response, SiteFile file)
    {
        var headers = response.Headers;
        if (headers.CacheControl.Count == 0) headers.CacheControl = file.CacheControl;
        headers.XContentTypeOptions = NoSniff;
        foreach (var (name, value) in file.Headers) headers[name] = value;
    }

    private static void SetValidators(HttpResponse response, SiteFile file, Representation form)
    {
        response.Headers.ETag = form.ETag;
        response.Headers.LastModified = file.LastModifiedText;
        // The single page is there already for those whose Accept asks for one.
        if (file.Encoded.Count > 0) response.Headers.Vary = response.Headers.Vary.Count == 0 ? file.Vary : AcceptAndEncoding;
    }
}
