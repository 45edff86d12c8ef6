using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Storage;
using Microsoft.AspNetCore.Identity;

namespace FrontDoor.TokenService.Users;

/// <summary>New values of a user's fields; null leaves one as it is, an empty text clears it.</summary>
/// <param name="EmailConfirmed">A new address is unconfirmed unless this says otherwise.</param>
/// <param name="Claims">Each <c>type=value</c>. The values given for a type replace all it had; <c>type=</c> removes them.</param>
internal sealed record UserFieldChanges(
    string? Email = null, bool? EmailConfirmed = null, string? DisplayName = null, string? PhoneNumber = null, IReadOnlyList<string>? Claims = null);

/// <summary>Sets what tokens can say of a user; sessions that run say it from their next refresh on.</summary>
internal sealed class UserFields(UserManager<User> users, UserAdministration administration, EmailTurns emails, AuditLog audit, TokenDb db)
{
    /// <summary>Claims travel in every request's header; a token past 16 KiB would not be accepted by its own issuer.</summary>
    public const int MaxLength = 256;

    /// <summary>Of <c>type=value</c>.</summary>
    public const int LongestClaim = ClaimSource.MaxName + 1 + MaxLength;

    /// <exception cref="AdministrationException">A value is not legal, or the address is another user's where users sign in by it.</exception>
    public async Task SetAsync(string userName, UserFieldChanges changes, CancellationToken cancellationToken)
    {
        var user = await administration.FindAsync(userName);
        var claims = (changes.Claims ?? []).Select(ReadClaim).ToLookup(c => c.Type);
        foreach (var text in new[] { changes.DisplayName, changes.PhoneNumber }.OfType<string>()) RequireFit(text);
        if (changes.Email is { Length: > 0 } address) RequireEmail(address);
        string[] names = [.. Named(changes, claims.Select(c => c.Key))];
        if (names.Length == 0) return;

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await emails.TakeAsync(changes.Email, cancellationToken);
        user.DisplayName = Changed(user.DisplayName, changes.DisplayName);
        user.PhoneNumber = Changed(user.PhoneNumber, changes.PhoneNumber);
        if (changes.Email is not null && changes.Email != user.Email) (user.Email, user.EmailConfirmed) = (Changed(user.Email, changes.Email), false);
        user.EmailConfirmed = changes.EmailConfirmed ?? user.EmailConfirmed;
        AdministrationException.Require(await users.UpdateAsync(user));
        foreach (var type in claims) await ReplaceAsync(user, type.Key, type);
        await audit.SucceededAsync(AuditEvents.UserChanged, user.Id, string.Join(", ", names), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <exception cref="AdministrationException">It is none.</exception>
    public static void RequireEmail(string address)
    {
        RequireFit(address);
        if (!new EmailAddressAttribute().IsValid(address)) throw Fault("InvalidEmail", $"'{address}' is not an e-mail address");
    }

    private async Task ReplaceAsync(User user, string type, IEnumerable<Claim> claims)
    {
        var old = (await users.GetClaimsAsync(user)).Where(c => c.Type == type);
        AdministrationException.Require(await users.RemoveClaimsAsync(user, old));
        AdministrationException.Require(await users.AddClaimsAsync(user, claims.Where(c => c.Value.Length > 0)));
    }

    private static string? Changed(string? present, string? change) => change switch
    {
        null => present,
        "" => null,
        _ => change,
    };

    private static Claim ReadClaim(string text)
    {
        if (text.Split('=', 2) is not [var type, var value] || !ClaimSource.IsName(type))
            throw Fault("InvalidClaim", $"'{text}' is not type=value");
        RequireFit(value);
        return new Claim(type, value);
    }

    private static void RequireFit(string text)
    {
        if (text.Length > MaxLength || text.Any(char.IsControl)) throw Fault("InvalidValue", $"A value has at most {MaxLength} characters and no control characters");
    }

    private static AdministrationException Fault(string code, string text) => AdministrationException.Of(new IdentityError { Code = code, Description = text });

    // Names alone: the log outlives the user, and an address is nobody else's business.
    private static IEnumerable<string> Named(UserFieldChanges changes, IEnumerable<string> claimTypes)
    {
        if (changes.Email is not null) yield return "email";
        if (changes.EmailConfirmed is not null) yield return "email_confirmed";
        if (changes.DisplayName is not null) yield return "display_name";
        if (changes.PhoneNumber is not null) yield return "phone_number";
        foreach (var type in claimTypes) yield return $"claim {type}";
    }
}
