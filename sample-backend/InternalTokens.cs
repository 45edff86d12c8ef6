using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.SampleBackend;

/// <summary>
/// Where the network alone is not trusted: believes an identity only with the token that the gateway signs for this back end. On when
/// <c>InternalTokens:KeysAddress</c> is set (the gateway's <c>/.well-known/gateway-jwks.json</c>); then <c>:Issuer</c> and <c>:Audience</c> are needed too.
/// </summary>
internal static class InternalTokens
{
    public const string Header = "X-Internal-Token";

    public static void AddInternalTokens(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("InternalTokens");
        if (settings["KeysAddress"] is not { Length: > 0 } address) return;

        string[] names = ["Issuer", "Audience"];
        if (names.FirstOrDefault(n => string.IsNullOrEmpty(settings[n])) is { } missing) throw new InvalidOperationException($"InternalTokens:{missing} is missing");
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(bearer =>
        {
            bearer.MapInboundClaims = false;
            bearer.ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(address, new KeySet(), new HttpDocumentRetriever { RequireHttps = false })
            {
                // A gateway that keeps its key in memory has another one after a restart.
                RefreshInterval = TimeSpan.FromSeconds(10),
            };
            bearer.TokenValidationParameters = new TokenValidationParameters
            {
                ValidIssuer = settings["Issuer"],
                ValidAudience = settings["Audience"],
                ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
                ValidTypes = ["gateway+jwt"],
                TryAllIssuerSigningKeys = false,
                ClockSkew = TimeSpan.FromSeconds(5),
            };
            bearer.Events = new JwtBearerEvents
            {
                OnMessageReceived = context =>
                {
                    // The Authorization field is the client's and is for the gateway.
                    if (context.Request.Headers[Header] is [{ Length: > 0 } token]) context.Token = token;
                    else context.NoResult();
                    return Task.CompletedTask;
                },
            };
        });
    }

    /// <summary>Who brings an identity without a token that says the same is turned away. An anonymous request brings neither.</summary>
    public static void UseInternalTokens(this WebApplication app)
    {
        if (app.Services.GetService<IAuthenticationService>() is null) return;
        app.Use(async (context, next) =>
        {
            var claimed = ForwardedIdentity.TryRead(context.Request.Headers, out var identity) || context.Request.Headers.ContainsKey("X-Forwarded-User");
            if (claimed || context.Request.Headers.ContainsKey(Header))
            {
                var result = await context.AuthenticateAsync();
                if (!result.Succeeded || identity is null || result.Principal.FindFirst("sub")?.Value != identity.User)
                {
                    context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                    return;
                }

                context.User = result.Principal;
            }

            await next(context);
        });
    }

    // The gateway publishes a key set and no discovery document.
    private sealed class KeySet : IConfigurationRetriever<OpenIdConnectConfiguration>
    {
        public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(string address, IDocumentRetriever retriever, CancellationToken cancel)
        {
            var configuration = new OpenIdConnectConfiguration { JsonWebKeySet = new JsonWebKeySet(await retriever.GetDocumentAsync(address, cancel)) };
            foreach (var key in configuration.JsonWebKeySet.GetSigningKeys()) configuration.SigningKeys.Add(key);
            return configuration;
        }
    }
}
