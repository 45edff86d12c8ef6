using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Clients;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.SlidingTokens;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Keys;

internal static class KeysSetup
{
    public static void AddKeys(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<KeyOptions>, KeyOptionsValidator>();
        services.AddOptions<KeyOptions>().BindConfiguration(KeyOptions.Section, StrictBinding.Of).ValidateOnStart();
        services.AddSingleton<KeyEncryption>();
        services.AddSingleton<HmacSecrets>();
        services.AddSingleton<KeyRing>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<KeyOptions>>().Value.Schedule(
            provider.GetRequiredService<IOptions<RefreshTokenOptions>>().Value.Lifetime,
            provider.GetRequiredService<IOptions<SlidingTokenOptions>>().Value.Longest(provider.GetRequiredService<IOptions<AccessTokenOptions>>().Value),
            provider.GetRequiredService<IOptions<ClientOptions>>().Value.TokenLifetime));
        services.AddScoped<KeyRows>();
        services.AddScoped<KeyStore>();
        services.AddScoped<KeyRevocation>();
        services.AddHostedService<KeyRotation>();
    }
}
