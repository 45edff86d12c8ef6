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
        services.AddScoped<KeyStore>();
        services.AddHostedService<KeyRotation>();
    }
}
