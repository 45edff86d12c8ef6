using System.Security.Claims;
using FrontDoor.Gateway.Configuration;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Authentication;

internal static class AuthenticationSetup
{
    // Documents of an issuer are a few kilobytes; a larger one is a fault or an attack (security contract 1.2).
    private const int MaxDocumentBytes = 512 * 1024;

    public static void AddTokenAuthentication(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<IssuersOptions>, IssuersOptionsValidator>();

        services.AddHttpClient(nameof(KeyDocuments), http => http.MaxResponseContentBufferSize = MaxDocumentBytes)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
            .RemoveAllLoggers();
        services.AddHttpClient(nameof(RevocationFeed), http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
            .RemoveAllLoggers();
        services.AddSingleton<TrustedIssuers>();
        services.AddSingleton<IValidateOptions<TokenCacheOptions>, TokenCacheOptionsValidator>();
        services.AddSingleton(provider => provider.GetRequiredService<CurrentConfig>().Derive<TokenCache>((config, before) =>
            before?.Options == config.TokenCache ? before : new TokenCache(config.TokenCache)));
        services.AddSingleton<AccessTokenHandler>();
        services.AddHostedService<KeepKeysFresh>();
        services.AddHostedService<FollowRevocations>();

        services.AddAuthentication().AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<AccessTokenHandler, TrustedIssuers>((bearer, handler, issuers) =>
            bearer.Events = new JwtBearerEvents { OnMessageReceived = context => AuthenticateAsync(context, handler, issuers) });
    }

    // Here and not in a TokenHandler of JwtBearer's: that one is not told of the request, whose route says which issuers it may be from.
    private static async Task AuthenticateAsync(MessageReceivedContext context, AccessTokenHandler handler, TrustedIssuers issuers)
    {
        var (token, malformed) = BearerField.Read(context.Request.Headers.Authorization);
        if (malformed) context.Fail(new TokenRefusedException(TokenRefusal.MalformedHeader));
        else if (token is null) context.NoResult();
        else Conclude(context, await handler.ValidateAsync(token, issuers.For(context.HttpContext)));
    }

    private static void Conclude(MessageReceivedContext context, TokenValidationResult result)
    {
        if (!result.IsValid)
        {
            context.Fail(result.Exception);
            return;
        }

        context.Principal = new ClaimsPrincipal(result.ClaimsIdentity);
        context.Properties.ExpiresUtc = result.SecurityToken.ValidTo;
        context.Success();
    }
}
