using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Clients;

internal static class ClientsSetup
{
    public static void AddClients(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<ClientOptions>, ClientOptionsValidator>();
        services.AddOptions<ClientOptions>().BindConfiguration(ClientOptions.Section, StrictBinding.Of).ValidateOnStart();
        services.AddScoped<ClientStore>();
        services.AddScoped<ClientTokens>();
        services.AddScoped<ClientAuthentication>();
        services.AddScoped<ClientAdministration>();
        services.AddHostedService<SeedClients>();
    }
}
