using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.Management;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace FrontDoor.Gateway.Tls;

internal static partial class TlsSetup
{
    /// <summary>After AddManagement, which reads the listeners.</summary>
    public static void AddTls(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<TlsOptions>, TlsOptionsValidator>();
        services.AddSingleton<Certificates>();
        services.AddHostedService(provider => provider.GetRequiredService<Certificates>());
        services.AddHealthChecks().AddCheck<TlsHealth>("tls");
        services.AddOptions<KestrelServerOptions>().Configure<CurrentConfig, Certificates, ILogger<Certificates>>((kestrel, current, certificates, logger) =>
        {
            ServeListeners(kestrel, current.Value, certificates, logger);
            // Before Kestrel hears of the new settings (CurrentConfig.Publish), and so of listeners that were added.
            ChangeToken.OnChange(current.GetChangeToken, () => ServeListeners(kestrel, current.Value, certificates, logger));
        });
    }

    public static void UseHttpsOnly(this IApplicationBuilder app) => app.UseMiddleware<HttpsOnly>();

    /// <summary>Whether a listener brings its own certificate, by Kestrel's settings.</summary>
    public static bool HasItsOwn(IConfigurationSection listener) => listener.GetSection("Certificate").Exists() || listener.GetSection("Sni").Exists();

    private static void ServeListeners(KestrelServerOptions kestrel, GatewayConfig config, Certificates certificates, ILogger logger)
    {
        var settings = SettingsNode.Tree(config.Text.Values);
        foreach (var note in Http3.Notes(settings)) Log.Note(logger, note);
        foreach (var listener in settings.GetSection("Kestrel:Endpoints").GetChildren())
        {
            // Kestrel keeps one callback per listener, and that one's marks its connections.
            if (!listener.Key.Equals(ManagementSetup.Endpoint, StringComparison.OrdinalIgnoreCase))
                kestrel.ConfigurationLoader!.Endpoint(listener.Key, endpoint => Serve(endpoint, certificates));
        }
    }

    // By a callback, not a certificate selector: only this way the intermediate certificates are sent, too.
    private static void Serve(Microsoft.AspNetCore.Server.Kestrel.EndpointConfiguration endpoint, Certificates certificates)
    {
        if (endpoint.IsHttps && certificates.Available && !HasItsOwn(endpoint.ConfigSection))
            endpoint.ListenOptions.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = certificates.OnConnectionAsync });
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Note}")]
        public static partial void Note(ILogger logger, string note);
    }
}
