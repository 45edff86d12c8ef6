namespace FrontDoor.TokenService.AccessTokens;

/// <summary>Whom tokens are about, as read in the statement that created or rotated the session.</summary>
internal sealed record TokenSubject(string UserId, string Name, IReadOnlyList<string> Roles);
