using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Authorization;
using FrontDoor.Gateway.Caching;
using FrontDoor.Gateway.Commands;
using FrontDoor.Gateway.Compression;
using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.CrossOrigin;
using FrontDoor.Gateway.Dashboard;
using FrontDoor.Gateway.Edge;
using FrontDoor.Gateway.Forwarding;
using FrontDoor.Gateway.IdentityPropagation;
using FrontDoor.Gateway.InternalTokens;
using FrontDoor.Gateway.Management;
using FrontDoor.Gateway.Observability;
using FrontDoor.Gateway.RateLimiting;
using FrontDoor.Gateway.Resilience;
using FrontDoor.Gateway.StaticFiles;
using FrontDoor.Gateway.Streams;
using FrontDoor.Gateway.Tls;
using FrontDoor.Gateway.Upstream;

if (GatewayCommands.Means(args)) return await GatewayCommands.RunAsync(args, Compose);

return await StartupFault.ReportAsync(async () =>
{
    var app = Compose(args).Build();
    app.RequireSoundConfiguration();

    // In the order in which a request passes.
    app.UseManagement();
    app.UseAccessLog();
    app.UseEdge();
    app.UseHttpsOnly();
    app.UseInternalTokenKeys();
    app.UseClientIdentityRemoval();
    app.UseStaticSites();
    app.UseHandshakes();
    app.UseRouting(); // explicit: placed implicitly at the head, a catch-all route would silence the static sites
    app.UseClientIdentityRemoval(again: true); // for a route that is newer than the request
    app.UseSiteFallbacks();
    app.UseCrossOrigin();
    app.UseRateLimiting();
    app.UseConfiguredPolicies();
    app.UseUserRateLimiting();
    app.UseCompression();
    app.UseCaching();
    app.UseHandedOverFiles();
    app.UseRequestBuffering();
    app.MapForwarding();

    await app.RunAsync();
});

static WebApplicationBuilder Compose(string[] args)
{
    var builder = ConfigFile.CreateBuilder(args);
    builder.AddConfiguration();
    builder.AddManagement();
    builder.AddTls();
    builder.AddObservability();
    builder.AddDashboard();
    builder.AddEdge();
    builder.AddStaticSites();
    builder.AddCrossOrigin();
    builder.AddRateLimiting();
    builder.AddTokenAuthentication();
    builder.AddConfiguredPolicies();
    builder.AddIdentityPropagation();
    builder.AddCompression();
    builder.AddCaching();
    builder.AddInternalTokens();
    builder.AddUpstream();
    builder.AddResilience();
    builder.AddStreams();
    builder.AddForwarding();
    return builder;
}
