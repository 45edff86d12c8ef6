using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Commands;
using FrontDoor.TokenService.Endpoints;
using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.Observability;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Storage;
using FrontDoor.TokenService.Users;

if (args is ["healthcheck", ..]) return await HealthCheckCommand.RunAsync(args);

return await StartupFault.ReportAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(args);

    // In the order of start-up: the database is migrated, then keys are loaded, then seed users made; only then does the server listen.
    builder.AddStorage();
    builder.AddKeys();
    builder.AddUsers();
    builder.AddAccessTokens();
    builder.AddRefreshTokens();
    builder.AddEndpoints();
    builder.AddObservability();

    var app = builder.Build();
    app.ReportEveryOptionFault();

    app.UseErrorResponses();
    app.MapTokenEndpoints();
    app.MapDiscovery();
    app.MapHealth();

    await app.RunAsync();
});
