using FrontDoor.Gateway.Edge;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.IdentityPropagation;

internal static class IdentitySetup
{
    public static void AddIdentityPropagation(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<IdentityOptions>, IdentityOptionsValidator>();
        services.AddOptions<IdentityOptions>().BindConfiguration(IdentityOptions.Section, StrictBinding.Of).ValidateOnStart();
        services.AddSingleton(provider => new ClientIdentity(provider.GetRequiredService<IOptions<IdentityOptions>>().Value));
    }

    public static void UseClientIdentityRemoval(this IApplicationBuilder app) => app.UseMiddleware<RemoveClientIdentity>();
}
