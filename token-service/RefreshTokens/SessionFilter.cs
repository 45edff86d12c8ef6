namespace FrontDoor.TokenService.RefreshTokens;

/// <summary>Which sessions: those that meet every condition that is not null; at least one must be set.</summary>
/// <param name="Id">This one.</param>
/// <param name="UserId">All of this user.</param>
/// <param name="Except">But not this one.</param>
internal sealed record SessionFilter(string? Id = null, string? UserId = null, string? Except = null)
{
    /// <summary>The conditions on a row <c>s</c>, each behind an AND.</summary>
    public string Sql => string.Concat(Conditions.Select(c => $" AND {c.Sql}"));

    public IEnumerable<(string Name, object Value)> Parameters => Conditions.Select(c => (c.Name, (object)c.Value));

    private IEnumerable<(string Sql, string Name, string Value)> Conditions
    {
        get
        {
            if (Id is null && UserId is null) throw new InvalidOperationException("A filter for sessions names a session or a user");
            if (Id is not null) yield return ("s.\"Id\" = @id", "@id", Id);
            if (UserId is not null) yield return ("s.\"UserId\" = @user", "@user", UserId);
            if (Except is not null) yield return ("s.\"Id\" <> @except", "@except", Except);
        }
    }
}
