using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Storage;
using Microsoft.AspNetCore.Identity;

namespace FrontDoor.TokenService.Users;

/// <summary>New values of a user's fields; null leaves one as it is, an empty text clears it.</summary>
/// <param name="EmailConfirmed">A new address is unconfirmed unless this says otherwise.</param>
/// <param name="Claims">Each <c>type=value</c>. The values given for a type replace all it had; <c>type=</c> removes them.</param>
internal sealed record UserFieldChanges(
    string? Email = null, bool? EmailConfirmed = null, string? DisplayName = null, string? PhoneNumber = null, IReadOnlyList<string>? Claims = null);

/// <summary>Sets what tokens can say of a user; sessions that run say it from their next refresh on.</summary>
internal sealed class UserFields(UserManager<User> users, UserAdministration administration, TokenDb db)
{
    /// <summary>Claims travel in every request's header; a token past 16 KiB would not be accepted by its own issuer.</summary>
    private const int MaxLength = 256;

    /// <exception cref="AdministrationException">A value is not legal, or the address is another user's where users sign in by it.</exception>
    public async Task SetAsync(string userName, UserFieldChanges changes, CancellationToken cancellationToken)
    {
        var user = await administration.FindAsync(userName);
        var claims = (changes.Claims ?? []).Select(ReadClaim).ToLookup(c => c.Type);
        foreach (var text in new[] { changes.Email, changes.DisplayName, changes.PhoneNumber }.OfType<string>()) RequireFit(text);
        if (changes.Email is { Length: > 0 } address && !new EmailAddressAttribute().IsValid(address))
            throw new AdministrationException($"'{address}' is not an e-mail address");

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        user.DisplayName = changes.DisplayName ?? user.DisplayName;
        user.PhoneNumber = changes.PhoneNumber ?? user.PhoneNumber;
        if (changes.Email is not null) (user.Email, user.EmailConfirmed) = (changes.Email.Length > 0 ? changes.Email : null, false);
        user.EmailConfirmed = changes.EmailConfirmed ?? user.EmailConfirmed;
        UserAdministration.Require(await users.UpdateAsync(user));
        foreach (var type in claims) await ReplaceAsync(user, type.Key, type);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task ReplaceAsync(User user, string type, IEnumerable<Claim> claims)
    {
        var old = (await users.GetClaimsAsync(user)).Where(c => c.Type == type);
        UserAdministration.Require(await users.RemoveClaimsAsync(user, old));
        UserAdministration.Require(await users.AddClaimsAsync(user, claims.Where(c => c.Value.Length > 0)));
    }

    private static Claim ReadClaim(string text)
    {
        if (text.Split('=', 2) is not [var type, var value] || !ClaimSource.IsName(type))
            throw new AdministrationException($"'{text}' is not type=value");
        RequireFit(value);
        return new Claim(type, value);
    }

    private static void RequireFit(string text)
    {
        if (text.Length > MaxLength || text.Any(char.IsControl)) throw new AdministrationException($"A value has at most {MaxLength} characters and no control characters");
    }
}
