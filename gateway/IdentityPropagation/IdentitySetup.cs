using FrontDoor.Gateway.Configuration;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.IdentityPropagation;

internal static class IdentitySetup
{
    public static void AddIdentityPropagation(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<IdentityOptions>, IdentityOptionsValidator>();
        services.AddSingleton(provider => provider.GetRequiredService<CurrentConfig>().Derive<ClientIdentity>((config, _) => new ClientIdentity(config.Identity)));
        services.AddSingleton(provider => provider.GetRequiredService<CurrentConfig>().Derive<IdentityMappings>((config, _) => new IdentityMappings(config.Identity, severalIssuers: config.Issuers.Count > 1)));
    }

    /// <param name="app">The pipeline.</param>
    /// <param name="again">Whether it has been asked for ahead of this place.</param>
    public static void UseClientIdentityRemoval(this IApplicationBuilder app, bool again = false) => app.UseMiddleware<RemoveClientIdentity>(again);
}
