using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.Observability;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;

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
        services.AddSingleton<IValidateOptions<CredentialsOptions>, CredentialsOptionsValidator>();
        services.AddOptions<LoggerFilterOptions>().PostConfigure<IConfiguration>(QuietRequestLog.Quieten);
        services.AddHostedService<KeepKeysFresh>();
        services.AddHostedService<FollowRevocations>();

        services.AddAuthentication().AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<AccessTokenHandler, TrustedIssuers, GatewayMeter>((bearer, handler, issuers, meter) =>
            bearer.Events = new JwtBearerEvents { OnMessageReceived = context => AuthenticateAsync(context, handler, issuers, meter) });
    }

    /// <summary>Gives a route's endpoint the further places where its token may be.</summary>
    public static void TakeCredentialsOf(this IEndpointConventionBuilder endpoint, RouteConfig route, GatewayConfig config)
    {
        if (config.Credentials.For(route.RouteId) is { } credentials) endpoint.WithMetadata(credentials);
    }

    // Here and not in a TokenHandler of JwtBearer's: that one is not told of the request, whose route says which issuers it may be from.
    private static async Task AuthenticateAsync(MessageReceivedContext context, AccessTokenHandler handler, TrustedIssuers issuers, GatewayMeter meter)
    {
        if (context.HttpContext.Features.Get<JudgedToken>() is { } judged)
        {
            Conclude(context, judged.Verdict);
            return;
        }

        var (token, refusal) = RequestToken.Read(context.HttpContext);
        if (token is { } found && refusal is null)
        {
            Conclude(context, await handler.ValidateAsync(found, issuers.For(context.HttpContext)));
            return;
        }

        meter.Authenticated(refusal?.ToString() ?? GatewayMeter.OutcomeNone);
        if (refusal is { } reason) context.Fail(new TokenRefusedException(reason));
        else context.NoResult();
    }

    private static void Conclude(MessageReceivedContext context, Verdict verdict)
    {
        if (verdict.Token is not { } token)
        {
            context.Fail(verdict.Refusal!);
            return;
        }

        context.Principal = token.User;
        context.Properties.ExpiresUtc = token.Expires;
        context.Success();
    }
}
