using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Audit;

internal static class AuditSetup
{
    public static void AddAudit(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<AuditOptions>, AuditOptionsValidator>();
        services.AddOptions<AuditOptions>().BindConfiguration(AuditOptions.Section, StrictBinding.Of).ValidateOnStart();
        services.AddSingleton<FailureBudget>();
        services.AddScoped<AuditSource>();
        services.AddScoped<AuditLog>();
        services.AddScoped<AuditTrail>();
    }

    /// <summary>What a request does is recorded with the client's address; who it is becomes known when its token is verified.</summary>
    public static void UseAuditSource(this WebApplication app) => app.Use((context, next) =>
    {
        context.RequestServices.GetRequiredService<AuditSource>().Address = context.Connection.RemoteIpAddress?.ToString();
        return next(context);
    });
}
