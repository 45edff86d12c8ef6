using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.AccessTokens;

internal static class AccessTokensSetup
{
    public static void AddAccessTokens(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<AccessTokenOptions>, AccessTokenOptionsValidator>();
        services.AddOptions<AccessTokenOptions>().BindConfiguration(AccessTokenOptions.Section, StrictBinding.Of).ValidateOnStart();
        services.AddSingleton<TokenSigner>();
        services.AddSingleton<CustomClaims>();
        services.AddSingleton<AccessTokenIssuer>();
    }
}
