using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Users;

namespace FrontDoor.TokenService.Administration;

// The bodies of the administration API. Members in snake_case, times in RFC 3339.

/// <param name="Next">What to give as <c>after</c> or <c>before</c> for the next page; null on the last.</param>
internal sealed record Page<T>(IReadOnlyList<T> Results, string? Next)
{
    /// <param name="rows">One more than the limit, if there are so many.</param>
    /// <param name="cursor">What the next page is asked for by.</param>
    public static Page<T> Of(IReadOnlyList<T> rows, int limit, Func<T, string> cursor) =>
        rows.Count <= limit ? new([.. rows], null) : new([.. rows.Take(limit)], cursor(rows[limit - 1]));
}

internal sealed record UserView(
    string Id, string Username, string? DisplayName, string? Email, bool EmailConfirmed, string? PhoneNumber, bool Active, DateTimeOffset? LockedUntil,
    IReadOnlyList<string> Roles)
{
    public static UserView Of(ListedUser listed) => new(
        listed.User.Id, listed.User.UserName!, listed.User.DisplayName, listed.User.Email, listed.User.EmailConfirmed, listed.User.PhoneNumber,
        listed.User.IsActive, listed.User.LockoutEnd, listed.Roles);
}

internal sealed record DeviceView(
    string Id, string? Device, string? Address, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, DateTimeOffset ExpiresAt)
{
    public static DeviceView Of(Session session) => new(
        session.Id, session.UserAgent, session.Address,
        DateTimeOffset.FromUnixTimeMilliseconds(session.CreatedAt),
        DateTimeOffset.FromUnixTimeMilliseconds(session.RotatedAt),
        DateTimeOffset.FromUnixTimeMilliseconds(session.ExpiresAt));
}

/// <param name="State"><c>next</c>, <c>current</c>, <c>previous</c>, <c>gone</c> or <c>revoked</c>.</param>
internal sealed record KeyView(string Kid, string Algorithm, string State, DateTimeOffset SignsFrom)
{
    public static KeyView Of((SigningKey Key, KeyState State) listed) => new(
        listed.Key.Kid, listed.Key.Algorithm, listed.State.ToString().ToLowerInvariant(), DateTimeOffset.FromUnixTimeMilliseconds(listed.Key.ActivatesAt));
}

// What is asked. Read field by field (TextFields); these are for the API's description.

internal sealed record NewUser(string Username, string Password, string? Email = null, string? DisplayName = null, IReadOnlyList<string>? Roles = null);

/// <param name="Claims">Each <c>type=value</c>; the values given for a type replace all it had, <c>type=</c> removes them.</param>
internal sealed record ChangedUser(
    string? Email = null, bool? EmailConfirmed = null, string? DisplayName = null, string? PhoneNumber = null, IReadOnlyList<string>? Claims = null);

internal sealed record NewPassword(string Password);

internal sealed record NewRoles(IReadOnlyList<string> Roles);

internal sealed record NewKey(bool? Now = null);

internal sealed record NewClient(string Id, string? Name = null, IReadOnlyList<string>? Scopes = null, string? Audience = null);

internal sealed record SecretChange(bool? Now = null);
