using FrontDoor.Gateway.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace FrontDoor.Gateway.Resilience;

internal static class ResilienceSetup
{
    public static void AddResilience(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<ResilienceOptions>, ResilienceOptionsValidator>();
        services.AddSingleton<Circuits>();
        services.AddSingleton(provider => new SlowStarts(
            cluster => provider.GetRequiredService<CurrentConfig>().Value.Resilience.Of(cluster).SlowStart, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IForwarderHttpClientFactory, ResilientClientFactory>();
    }

    /// <summary>Health checks ask past the retries. After <c>AddReverseProxy</c>, whose factory of probes it wraps.</summary>
    public static void AddProbes(this IServiceCollection services)
    {
        var yarp = services.Single(s => s.ServiceType == typeof(IProbingRequestFactory)).ImplementationType!;
        services.Replace(ServiceDescriptor.Singleton<IProbingRequestFactory>(provider =>
            new Probe.Factory((IProbingRequestFactory)ActivatorUtilities.CreateInstance(provider, yarp))));
    }

    /// <summary>Returning destinations get their share little by little. After <c>AddReverseProxy</c>, whose policies and updater it wraps.</summary>
    public static void AddSlowStart(this IServiceCollection services)
    {
        foreach (var policy in services.Where(s => s.ServiceType == typeof(ILoadBalancingPolicy)).ToArray())
        {
            services.Remove(policy);
            services.AddSingleton<ILoadBalancingPolicy>(provider =>
                new SlowStartBalancing((ILoadBalancingPolicy)ActivatorUtilities.CreateInstance(provider, policy.ImplementationType!), provider.GetRequiredService<SlowStarts>()));
        }

        var updater = services.Single(s => s.ServiceType == typeof(IClusterDestinationsUpdater)).ImplementationType!;
        services.Replace(ServiceDescriptor.Singleton<IClusterDestinationsUpdater>(provider =>
            new SlowStarts.Updater((IClusterDestinationsUpdater)ActivatorUtilities.CreateInstance(provider, updater), provider.GetRequiredService<SlowStarts>())));
    }
}
