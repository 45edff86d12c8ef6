using FrontDoor.TokenService.Documentation;
using FrontDoor.TokenService.Endpoints;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Administration;

internal static class AdministrationSetup
{
    public const string Path = "/api/auth/admin";

    public static void AddAdministration(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<AdministrationOptions>, AdministrationOptionsValidator>();
        builder.Services.AddOptions<AdministrationOptions>().BindConfiguration(AdministrationOptions.Section, StrictBinding.Of).ValidateOnStart();
    }

    /// <summary>The verbs of the commands, for administrators who are signed in. Everything mapped here passes <see cref="AdministratorsOnly"/> first.</summary>
    public static void MapAdministration(this IEndpointRouteBuilder app)
    {
        var administration = app.MapGroup(Path).AddEndpointFilter<AdministratorsOnly>().WithTags("Administration").SignedIn()
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status403Forbidden, typeof(Detail), ["application/json"]));
        administration.MapUsers();
        administration.MapRolesAndPasswords();
        administration.MapSessions();
        administration.MapKeys();
        administration.MapClients();
        administration.MapAudit();
    }
}
