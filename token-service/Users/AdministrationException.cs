using Microsoft.AspNetCore.Identity;

namespace FrontDoor.TokenService.Users;

/// <summary>What was asked for cannot be done, and why, for its reader.</summary>
internal sealed class AdministrationException(string message) : Exception(message)
{
    /// <summary>What is wrong with the input, by Identity's codes; empty where the fault is another.</summary>
    public IReadOnlyList<IdentityError> Errors { get; private init; } = [];

    public static AdministrationException Of(params IReadOnlyList<IdentityError> errors) =>
        new(string.Join(" ", errors.Select(e => e.Description))) { Errors = errors };

    public static void Require(IdentityResult result)
    {
        if (!result.Succeeded) throw Of([.. result.Errors]);
    }
}
