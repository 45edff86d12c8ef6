using FrontDoor.TokenService.Storage;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace FrontDoor.TokenService.Observability;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: the database answers too.</summary>
internal static class HealthSetup
{
    public static void AddObservability(this WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddDbContextCheck<TokenDb>("database");
        builder.Services.AddSingleton<TokenServiceMeter>();
        builder.Services.AddHostedService<TokenServiceGauges>();
        builder.Services.AddHostedService(_ => new TrimNativeHeap(TimeProvider.System)); // a clock that a test turns says nothing of memory
        builder.AddTelemetry(scraped: builder.AddManagement());
    }

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).ExcludeFromDescription();
        app.MapHealthChecks("/health/ready").ExcludeFromDescription();
    }
}
