using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Configuration;

internal static class ConfigurationSetup
{
    public static void AddConfiguration(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(new ConfigSources(builder.Configuration));
        services.AddSingleton<ConfigReader>();
        services.AddSingleton<CurrentConfig>();
        services.AddSingleton<ConfigReload>();
        services.AddHostedService(provider => provider.GetRequiredService<ConfigReload>());
        services.AddSingleton<IConfigChangeListener>(provider => provider.GetRequiredService<ConfigReload>());
        services.AddHealthChecks().AddCheck<ConfigHealth>("configuration");
    }

    /// <summary>Reads everything before anything else is made of it, so that all faults are told at once.</summary>
    public static void RequireSoundConfiguration(this IHost app) => app.Services.GetRequiredService<CurrentConfig>();
}
