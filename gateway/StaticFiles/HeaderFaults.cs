using System.Net.Http.Headers;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>Finds what a site's settings would put into header fields and cannot stand there: Kestrel would fail at each request.</summary>
internal static class HeaderFaults
{
    private static readonly string[] OurOwn =
    [
        "Accept-Ranges", "Cache-Control", "Content-Encoding", "Content-Length", "Content-Range", "Content-Type", "ETag", "Last-Modified",
        "Transfer-Encoding", "Vary", "X-Content-Type-Options",
    ];

    public static void Add(StaticSiteOptions site, string at, ValidateOptionsResultBuilder faults)
    {
        AddFields(site.Headers, site.CacheControl, at, faults);
        for (var i = 0; i < site.Rules.Count; i++)
        {
            var rule = site.Rules[i];
            if (string.IsNullOrEmpty(rule.Files)) faults.AddError($"{at}:Rules:{i}:Files is missing; it is a pattern of paths");
            else if (HeaderRules.Fault(rule.Files) is { } fault) faults.AddError($"{at}:Rules:{i}:Files is '{rule.Files}'; {fault}");
            AddFields(rule.Headers, rule.CacheControl, $"{at}:Rules:{i}", faults);
        }

        foreach (var (extension, type) in site.MediaTypes)
        {
            if (!extension.StartsWith('.')) faults.AddError($"{at}:MediaTypes has '{extension}'; an extension starts with a dot");
            if (!MediaTypeHeaderValue.TryParse(type, out _)) faults.AddError($"{at}:MediaTypes:{extension} is '{type}', which is no media type");
        }

        if (!site.Charset.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) faults.AddError($"{at}:Charset is '{site.Charset}', which is no name of a charset");
    }

    private static void AddFields(IReadOnlyDictionary<string, string> headers, string? cacheControl, string at, ValidateOptionsResultBuilder faults)
    {
        if (cacheControl is not null && !CacheControlHeaderValue.TryParse(cacheControl, out _))
            faults.AddError($"{at}:CacheControl is '{cacheControl}', which is no Cache-Control");
        foreach (var (name, value) in headers)
        {
            if (OurOwn.Contains(name, StringComparer.OrdinalIgnoreCase)) faults.AddError($"{at}:Headers has {name}, which has a setting of its own or follows from the file");
            else if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) faults.AddError($"{at}:Headers has '{name}', which is no field name");
            // RFC 9110 section 5.5, less what is obsolete.
            if (value.Any(c => c is < ' ' or > '~')) faults.AddError($"{at}:Headers:{name} has a character that a field value cannot have");
        }
    }
}
