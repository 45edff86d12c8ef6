using FrontDoor.Gateway.IdentityPropagation;
using FrontDoor.Gateway.Streams;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Forwarding;

internal static class ForwardingSetup
{
    /// <summary>Routes and clusters in YARP's own section and schema.</summary>
    public static void AddForwarding(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<RouteSettings>, RouteSettingsValidator>();
        builder.Services.AddOptions<RouteSettings>().ValidateOnStart();
        builder.Services.AddReverseProxy()
            .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
            .AddTransforms<StampIdentity>()
            .AddTransforms<WatchStreams>();

        // Only YARP's encrypting session affinity needs data protection. Keys in memory: nothing is written to a home folder, and a
        // client whose affinity cookie is from before a restart is balanced anew.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
    }

    public static void MapForwarding(this IEndpointRouteBuilder app) => app.MapReverseProxy();
}
