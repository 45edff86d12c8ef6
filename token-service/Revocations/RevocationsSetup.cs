using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Revocations;

internal static class RevocationsSetup
{
    public static void AddRevocations(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<RevocationOptions>, RevocationOptionsValidator>();
        services.AddOptions<RevocationOptions>().BindConfiguration(RevocationOptions.Section, StrictBinding.Of).ValidateOnStart();
        services.AddScoped<RevocationStore>();
        services.AddSingleton<LatestTime>();
        services.AddSingleton<FeedKey>();
        services.AddSingleton<RevocationLog>();
        services.AddHostedService(provider => provider.GetRequiredService<RevocationLog>());
    }
}
