using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace FrontDoor.Gateway.Resilience;

internal static class ResilienceSetup
{
    public static void AddResilience(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<ResilienceOptions>, ResilienceOptionsValidator>();
        services.AddSingleton<IForwarderHttpClientFactory, ResilientClientFactory>();
    }
}
