using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Authorization;
using FrontDoor.Gateway.Commands;
using FrontDoor.Gateway.Edge;
using FrontDoor.Gateway.Forwarding;
using FrontDoor.Gateway.IdentityPropagation;
using FrontDoor.Gateway.Management;
using FrontDoor.Gateway.Observability;
using FrontDoor.Gateway.RateLimiting;
using FrontDoor.Gateway.Resilience;
using FrontDoor.Gateway.StaticFiles;

if (args is ["healthcheck", ..]) return await HealthCheckCommand.RunAsync(args);
if (args is ["compress", ..]) return await CompressCommand.RunAsync(args);
if (args is [var word, ..] && !word.StartsWith('-') && !word.Contains('=')) return StartupFault.UnknownCommand(word);

return await StartupFault.ReportAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddManagement();
    builder.AddObservability();
    builder.AddEdge();
    builder.AddStaticSites();
    builder.AddRateLimiting();
    builder.AddTokenAuthentication();
    builder.AddConfiguredPolicies();
    builder.AddIdentityPropagation();
    builder.AddResilience();
    builder.AddForwarding();

    var app = builder.Build();

    // In the order in which a request passes.
    app.UseManagement();
    app.UseAccessLog();
    app.UseEdge();
    app.UseClientIdentityRemoval();
    app.UseStaticSites();
    app.UseRouting(); // explicit: placed implicitly at the head, a catch-all route would silence the static sites
    app.UseSiteFallbacks();
    app.UseRateLimiting();
    app.UseConfiguredPolicies();
    app.UseHandedOverFiles();
    app.MapForwarding();

    await app.RunAsync();
});
