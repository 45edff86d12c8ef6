namespace FrontDoor.Gateway.Authentication;

/// <summary>
/// The framework's own line per request has the whole query, and writes it before anybody can take a token out; YARP's has it, too. They stay silent whatever the
/// configured levels are; the access log tells the same without a query. What else the framework says in that category, of assemblies of <c>ASPNETCORE_HOSTINGSTARTUPASSEMBLIES</c> that
/// cannot be loaded for one, is silent as well: it asks about the category, not about a level.
/// </summary>
internal static class QuietRequestLog
{
    private const string Hosting = "Microsoft.AspNetCore.Hosting.Diagnostics";
    private const string Yarp = "Yarp.ReverseProxy.Forwarder.HttpForwarder";

    public static void Quieten(LoggerFilterOptions options, IConfiguration settings)
    {
        // Silent altogether, the framework makes no activity and no scope for a request, which nobody looks at who neither collects spans nor has scopes written.
        var hosting = HasScopes(settings) ? LogLevel.Warning : LogLevel.None;
        // A rule for one provider goes before one for all, the last of equals before the others.
        foreach (var provider in options.Rules.Select(r => r.ProviderName).Append(null).Distinct().ToArray())
        {
            foreach (var (category, level) in ((string, LogLevel)[])[(Hosting, hosting), (Yarp, LogLevel.Warning)])
            {
                // A stricter level that is configured stays: Error is what the shipped settings ask of YARP.
                if (!options.Rules.Any(r => r.ProviderName == provider && r.CategoryName == category && r.LogLevel > level))
                    options.Rules.Add(new LoggerFilterRule(provider, category, level, filter: null));
            }
        }
    }

    // Of whichever provider: the console's formatters have options of their own, its older ones and OpenTelemetry's export do not.
    private static bool HasScopes(IConfiguration settings) =>
        settings.GetSection("Logging").GetChildren().Any(provider => IsTrue(provider["FormatterOptions:IncludeScopes"]) || IsTrue(provider["IncludeScopes"]));

    private static bool IsTrue(string? setting) => bool.TryParse(setting, out var isTrue) && isTrue;
}
