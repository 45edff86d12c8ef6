using System.Data.Common;
using FrontDoor.TokenService.Commands;
using FrontDoor.TokenService.FormerIssuers;
using FrontDoor.TokenService.Storage;
using FrontDoor.TokenService.Users;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace FrontDoor.TokenService.Endpoints;

internal static class EndpointsSetup
{
    /// <summary>Of a 503, in seconds.</summary>
    public const string RetryAfter = "2";

    public const string UnavailableText = "The service is temporarily unavailable. Try again shortly.";
    public const string UnexpectedText = "An unexpected error occurred.";

    public static void AddEndpoints(this WebApplicationBuilder builder)
    {
        // That switch of ASP.NET Core believes X-Forwarded-For of everybody, before any setting of ours counts.
        if (string.Equals(builder.Configuration["FORWARDEDHEADERS_ENABLED"], "true", StringComparison.OrdinalIgnoreCase))
            throw new StartupFaultException("ASPNETCORE_FORWARDEDHEADERS_ENABLED trusts everybody; unset it and name proxies in Endpoints:TrustedProxies");

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestData.MaxBodyBytes;
        });
        builder.Services.AddSingleton<RefreshCookie>();
        builder.Services.AddSingleton<IValidateOptions<EndpointOptions>, EndpointOptionsValidator>();
        builder.Services.AddOptions<EndpointOptions>().BindConfiguration(EndpointOptions.Section, StrictBinding.Of).ValidateOnStart();
        builder.Services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<EndpointOptions>>((forwarded, endpoints) =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in endpoints.Value.EffectiveTrustedProxies) forwarded.KnownIPNetworks.Add(IPNetwork.Parse(network));
        });
    }

    /// <summary>From here on the connection's address is the client's, as the gateway saw it.</summary>
    public static void UseClientAddress(this WebApplication app) => app.UseForwardedHeaders();

    /// <summary>No exception reaches a client: a lost database is 503, a request Kestrel refuses keeps its status, the rest is a bare 500.</summary>
    public static void UseErrorResponses(this WebApplication app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            IResult answer = e switch
            {
                _ when OAuthEndpoints.Has(context.Request.Path) => OAuthAnswer.Of(context, e, IsUnavailable(e)),
                BadHttpRequestException bad => Answer.Fault(bad.StatusCode, "The request could not be read."),
                // What was checked has changed meanwhile, such as a password that is changed twice at once.
                AdministrationException => Answer.Fault(StatusCodes.Status409Conflict, "It was changed by another request. Try again."),
                _ when IsUnavailable(e) => Unavailable(context),
                _ => Answer.Fault(StatusCodes.Status500InternalServerError, UnexpectedText),
            };
            if (IsBusy(e)) ErrorLog.Busy(app.Logger, e.Message);
            else ErrorLog.Failed(app.Logger, context.Request.Path, e);
            context.Response.Headers.CacheControl = "no-store";
            await answer.ExecuteAsync(context);
        }
    });

    private static bool IsBusy(Exception e) => e is HashingBusyException or WriterBusyException or FormerKeysUnavailableException;

    private static bool IsUnavailable(Exception e) => IsBusy(e) || IsOfTheDatabase(e);

    // EF Core wraps what it thinks will pass, up to twice.
    private static bool IsOfTheDatabase(Exception? e) => e is not null && (e is DbException or DbUpdateException or TimeoutException || IsOfTheDatabase(e.InnerException));

    private static Answer Unavailable(HttpContext context)
    {
        context.Response.Headers.RetryAfter = RetryAfter;
        return Answer.Fault(StatusCodes.Status503ServiceUnavailable, UnavailableText);
    }
}

internal static partial class ErrorLog
{
    [LoggerMessage(1, LogLevel.Error, "Request to {Path} failed")]
    public static partial void Failed(ILogger logger, PathString path, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "{Reason}; a request was turned away")]
    public static partial void Busy(ILogger logger, string reason);
}
