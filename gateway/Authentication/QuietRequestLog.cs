namespace FrontDoor.Gateway.Authentication;

/// <summary>
/// The framework's own line per request has the whole query, and writes it before anybody can take a token out; YARP's has it, too. They stay silent whatever the
/// configured levels are; the access log tells the same without a query.
/// </summary>
internal static class QuietRequestLog
{
    private static readonly string[] Categories = ["Microsoft.AspNetCore.Hosting.Diagnostics", "Yarp.ReverseProxy.Forwarder.HttpForwarder"];

    public static void Quieten(LoggerFilterOptions options)
    {
        // A rule for one provider goes before one for all, the last of equals before the others.
        foreach (var provider in options.Rules.Select(r => r.ProviderName).Append(null).Distinct().ToArray())
        {
            // A stricter level that is configured stays: Error is what the shipped settings ask of YARP.
            foreach (var category in Categories.Where(c => !options.Rules.Any(r => r.ProviderName == provider && r.CategoryName == c && r.LogLevel > LogLevel.Warning)))
                options.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.Warning, filter: null));
        }
    }
}
