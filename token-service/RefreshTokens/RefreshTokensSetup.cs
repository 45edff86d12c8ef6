using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.RefreshTokens;

internal static class RefreshTokensSetup
{
    public static void AddRefreshTokens(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<RefreshTokenOptions>, RefreshTokenOptionsValidator>();
        services.AddOptions<RefreshTokenOptions>().BindConfiguration(RefreshTokenOptions.Section, StrictBinding.Of).ValidateOnStart();
        services.AddSingleton<UnusedTokens>();
        services.AddSingleton<RefreshTokenIssuer>();
        services.AddSingleton<IssuedTokenReader>();
        services.AddSingleton<SessionStatements>();
        services.AddScoped<SessionStore>();
        services.AddScoped<Sessions>();
        services.AddHostedService<RemoveExpired>();
    }
}
