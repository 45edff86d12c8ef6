using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.FormerIssuers;

internal static class FormerIssuersSetup
{
    public static void AddFormerIssuers(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<FormerIssuersOptions>, FormerIssuersOptionsValidator>();
        services.AddOptions<FormerIssuersOptions>().BindConfiguration(FormerIssuerOptions.Section, StrictBinding.Of).ValidateOnStart();
        services.AddSingleton<FormerKeyDocuments>();
        services.AddSingleton<FormerTokenReader>();
        services.AddScoped<TokenExchange>();
    }
}
