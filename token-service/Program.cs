using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Administration;
using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Clients;
using FrontDoor.TokenService.Commands;
using FrontDoor.TokenService.Documentation;
using FrontDoor.TokenService.Endpoints;
using FrontDoor.TokenService.FormerIssuers;
using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.Observability;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Revocations;
using FrontDoor.TokenService.SlidingTokens;
using FrontDoor.TokenService.Storage;
using FrontDoor.TokenService.Users;

if (args.Length > 0 && AdminCommands.Means(args[0])) return await AdminCommands.RunAsync(args, () => Compose([]));

return await StartupFault.ReportAsync(async () =>
{
    var app = Compose(args).Build();
    app.ReportEveryOptionFault();

    app.UseManagement();
    app.UseErrorResponses();
    app.UseStatusBodies();
    app.UseClientAddress();
    app.UseAuditSource();
    app.MapTokenEndpoints();
    app.MapSlidingEndpoints();
    app.MapSessionEndpoints();
    app.MapPasswordEndpoint();
    app.MapRegistration();
    app.MapOAuth();
    app.MapRevocationFeed();
    app.MapAdministration();
    app.MapDiscovery();
    app.MapDocumentation();
    app.MapHealth();

    await app.RunAsync();
});

// In the order of start-up: the database is migrated, then keys are loaded, then seed users and clients made, then revocations read; only then does
// the server listen.
static WebApplicationBuilder Compose(string[] args)
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddStorage();
    builder.AddAudit();
    builder.AddKeys();
    builder.AddUsers();
    builder.AddClients();
    builder.AddAccessTokens();
    builder.AddRefreshTokens();
    builder.AddSlidingTokens();
    builder.AddFormerIssuers();
    builder.AddRevocations();
    builder.AddEndpoints();
    builder.AddAdministration();
    builder.AddDocumentation();
    builder.AddObservability();
    return builder;
}
