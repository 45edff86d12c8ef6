using FrontDoor.Gateway.Edge;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Authentication;

internal static class AuthenticationSetup
{
    // Documents of an issuer are a few kilobytes; a larger one is a fault or an attack (security contract 1.2).
    private const int MaxDocumentBytes = 512 * 1024;

    public static void AddTokenAuthentication(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<IssuersOptions>, IssuersOptionsValidator>();
        services.AddOptions<IssuersOptions>().BindConfiguration(IssuerOptions.Section, StrictBinding.Of).ValidateOnStart();

        services.AddHttpClient(nameof(KeyDocuments), http => http.MaxResponseContentBufferSize = MaxDocumentBytes)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
            .RemoveAllLoggers();
        services.AddHttpClient(nameof(RevocationFeed), http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
            .RemoveAllLoggers();
        services.AddSingleton<TrustedIssuers>();
        services.AddSingleton<IValidateOptions<TokenCacheOptions>, TokenCacheOptionsValidator>();
        services.AddOptions<TokenCacheOptions>().BindConfiguration(TokenCacheOptions.Section, StrictBinding.Of).ValidateOnStart();
        services.AddSingleton(provider => new TokenCache(provider.GetRequiredService<IOptions<TokenCacheOptions>>().Value));
        services.AddSingleton<AccessTokenHandler>();
        services.AddHostedService<KeepKeysFresh>();
        services.AddHostedService<FollowRevocations>();

        services.AddAuthentication().AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<AccessTokenHandler>((bearer, handler) =>
        {
            bearer.TokenHandlers.Clear();
            bearer.TokenHandlers.Add(handler);
            bearer.SaveToken = false;
            bearer.MapInboundClaims = false;
            bearer.Events = new JwtBearerEvents { OnMessageReceived = ReadField };
        });
    }

    private static Task ReadField(MessageReceivedContext context)
    {
        var (token, malformed) = BearerField.Read(context.Request.Headers.Authorization);
        if (malformed) context.Fail(new TokenRefusedException(TokenRefusal.MalformedHeader));
        else if (token is null) context.NoResult();
        else context.Token = token;
        return Task.CompletedTask;
    }
}
