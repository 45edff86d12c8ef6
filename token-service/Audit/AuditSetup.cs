namespace FrontDoor.TokenService.Audit;

internal static class AuditSetup
{
    public static void AddAudit(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<AuditSource>();
        builder.Services.AddScoped<AuditLog>();
    }
}
