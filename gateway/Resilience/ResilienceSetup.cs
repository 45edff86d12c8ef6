using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;

namespace FrontDoor.Gateway.Resilience;

internal static class ResilienceSetup
{
    public static void AddResilience(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<ResilienceOptions>, ResilienceOptionsValidator>();
        services.AddSingleton<Circuits>();
        services.AddSingleton<IForwarderHttpClientFactory, ResilientClientFactory>();
    }

    /// <summary>Health checks ask past the retries. After <c>AddReverseProxy</c>, whose factory of probes it wraps.</summary>
    public static void AddProbes(this IServiceCollection services)
    {
        var yarp = services.Single(s => s.ServiceType == typeof(IProbingRequestFactory)).ImplementationType!;
        services.Replace(ServiceDescriptor.Singleton<IProbingRequestFactory>(provider =>
            new Probe.Factory((IProbingRequestFactory)ActivatorUtilities.CreateInstance(provider, yarp))));
    }
}
