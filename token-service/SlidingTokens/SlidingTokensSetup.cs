using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.SlidingTokens;

internal static class SlidingTokensSetup
{
    public static void AddSlidingTokens(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<SlidingTokenOptions>, SlidingTokenOptionsValidator>();
        services.AddOptions<SlidingTokenOptions>().BindConfiguration(SlidingTokenOptions.Section, StrictBinding.Of).ValidateOnStart();
        services.AddScoped<SlidingTokenIssuer>();
    }
}
