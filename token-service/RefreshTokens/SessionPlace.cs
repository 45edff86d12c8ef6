using System.Globalization;

namespace FrontDoor.TokenService.RefreshTokens;

/// <summary>A place in a list of sessions, the latest first. A session that refreshes while the list is read page by page moves to the front of it.</summary>
internal readonly record struct SessionPlace(long RotatedAt, string Id)
{
    public static SessionPlace Of(Session session) => new(session.RotatedAt, session.Id);

    /// <returns>Null when it is no such text.</returns>
    public static SessionPlace? Read(string text) =>
        text.Split('.') is [var time, { Length: > 0 and <= 32 } id] && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var rotatedAt)
            ? new(rotatedAt, id)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{RotatedAt}.{Id}");
}
