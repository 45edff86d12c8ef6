namespace FrontDoor.Gateway.Authentication;

/// <summary>
/// The framework's own line per request has the whole query, and writes it before anybody can take a token out. It stays silent whatever the
/// configured levels are; the access log tells the same without a query.
/// </summary>
internal static class QuietRequestLog
{
    private const string Category = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public static void Quieten(LoggerFilterOptions options)
    {
        // A rule for one provider goes before one for all, the last of equals before the others.
        foreach (var provider in options.Rules.Select(r => r.ProviderName).Append(null).Distinct().ToArray())
            options.Rules.Add(new LoggerFilterRule(provider, Category, LogLevel.Warning, filter: null));
    }
}
