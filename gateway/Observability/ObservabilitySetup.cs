namespace FrontDoor.Gateway.Observability;

internal static class ObservabilitySetup
{
    public static void AddObservability(this WebApplicationBuilder builder) =>
        builder.Services.AddHealthChecks().AddCheck<IssuerHealth>("issuers");

    public static void UseAccessLog(this IApplicationBuilder app) => app.UseMiddleware<AccessLog>();
}
