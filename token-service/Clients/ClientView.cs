namespace FrontDoor.TokenService.Clients;

// Clients as people and programs see them. Times in RFC 3339.

/// <param name="PreviousSecretUntil">Until when the secret before the last change is taken; null where it is not.</param>
internal sealed record ClientView(
    string Id, string? Name, IReadOnlyList<string> Scopes, string? Audience, DateTimeOffset CreatedAt, DateTimeOffset SecretChangedAt, DateTimeOffset? PreviousSecretUntil)
{
    public static ClientView Of(Client client) => new(
        client.Id, client.Name, ScopesOf(client), client.Audience, Time(client.CreatedAt), Time(client.SecretChangedAt),
        client.PreviousSecretUntil is { } until ? Time(until) : null);

    public static string[] ScopesOf(Client client) => client.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static DateTimeOffset Time(long unixMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);
}

/// <summary>A client that was just added: the one time that its secret is shown.</summary>
internal sealed record AddedClient(string Id, string Secret, string? Name, IReadOnlyList<string> Scopes, string? Audience)
{
    public static AddedClient Of(Client client, string secret) => new(client.Id, secret, client.Name, ClientView.ScopesOf(client), client.Audience);
}

/// <summary>A secret that was just made: the one time that it is shown.</summary>
/// <param name="Id">The client's.</param>
/// <param name="PreviousSecretUntil">Until when the one before is taken; null for no longer.</param>
internal sealed record NewSecret(string Id, string Secret, DateTimeOffset? PreviousSecretUntil);
