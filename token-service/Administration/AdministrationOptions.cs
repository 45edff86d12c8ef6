using FrontDoor.TokenService.Users;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Administration;

/// <summary>Who may use the API under <see cref="AdministrationSetup.Path"/>. Section <c>Administration</c>.</summary>
internal sealed record AdministrationOptions
{
    public const string Section = "Administration";

    /// <summary>The role that administers, compared exactly. Default <c>admin</c>; not empty.</summary>
    public string Role { get; init; } = "admin";
}

internal sealed class AdministrationOptionsValidator : IValidateOptions<AdministrationOptions>
{
    public ValidateOptionsResult Validate(string? name, AdministrationOptions options) =>
        string.IsNullOrWhiteSpace(options.Role) || options.Role.Length > RoleAdministration.MaxName
            ? ValidateOptionsResult.Fail($"Administration:Role is '{options.Role}'; it must be the name of a role")
            : ValidateOptionsResult.Success;
}
