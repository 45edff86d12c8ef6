using System.Text.Json;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Authentication;

/// <summary>
/// Which of an issuer's claims say what policies and identity headers ask for. Section <c>Issuers:&lt;name&gt;:Claims</c>. A name may be a path into
/// objects, e.g. <c>realm_access.roles</c>; a name that has dots itself (<c>https://example.com/roles</c>) goes first. Values are text, a list of text,
/// or numbers.
/// </summary>
internal sealed record ClaimNames
{
    private const string SubjectClaim = "sub";

    private static readonly ClaimNames Usual = new();

    /// <summary>Whom the token is about: one text, required in every token. Default <c>sub</c>.</summary>
    public string Subject { get; init; } = "sub";

    /// <summary>
    /// Text put before the subject, so that back ends which know nothing of issuers cannot take one issuer's user for another's, e.g. <c>partner:</c>. Printable
    /// ASCII; none may begin with another issuer's. Default none.
    /// </summary>
    public string SubjectPrefix { get; init; } = "";

    /// <summary>For people. Default <c>name</c>.</summary>
    public string Name { get; init; } = "name";

    /// <summary>Default <c>roles</c>; Keycloak <c>realm_access.roles</c> or <c>resource_access.my-client.roles</c>.</summary>
    public string Roles { get; init; } = "roles";

    /// <summary>A list, or one text with spaces between the items. Default <c>scope</c>; Entra <c>scp</c>, Auth0's RBAC <c>permissions</c>.</summary>
    public string Scopes { get; init; } = "scope";

    /// <summary>The client that asked for the token. Default <c>client_id</c>; Keycloak, Auth0 and Entra <c>azp</c>.</summary>
    public string Client { get; init; } = "client_id";

    /// <summary>Whether the subject is where RFC 9068 has it.</summary>
    public bool HasUsualSubject => Subject == SubjectClaim;

    private IEnumerable<(string Canonical, string Name)> Mapped =>
        new[] { (SubjectClaim, Subject), ("name", Name), ("roles", Roles), ("scope", Scopes), ("client_id", Client) }.Where(m => m.Item1 != m.Item2);

    /// <summary>
    /// Reads claims by the names <c>sub</c>, <c>name</c>, <c>roles</c>, <c>scope</c>, <c>client_id</c>; what the token itself says under such a name no longer counts where
    /// another one is configured.
    /// </summary>
    /// <returns>Null when it has no subject.</returns>
    public TokenClaims? Read(JsonElement payload)
    {
        if (this == Usual) return new TokenClaims(payload);
        var renamed = Mapped.ToDictionary(m => m.Canonical, m => Texts(payload, m.Name), StringComparer.Ordinal);
        var subjects = renamed.GetValueOrDefault(SubjectClaim) ?? Texts(payload, SubjectClaim);
        if (subjects is not [{ Length: > 0 } subject]) return null;
        renamed[SubjectClaim] = [SubjectPrefix + subject];
        return new TokenClaims(payload, renamed);
    }

    // Text and numbers, alone or in a list; anything else is left out.
    private static string[] Texts(JsonElement payload, string name) =>
        [.. (ClaimPath.Find(payload, name) ?? []).Where(item => item.ValueKind is JsonValueKind.String or JsonValueKind.Number).Select(item => ClaimPath.Text(item)!)];

    public void Check(string path, ValidateOptionsResultBuilder faults)
    {
        foreach (var (setting, name) in new[] { (nameof(Subject), Subject), (nameof(Name), Name), (nameof(Roles), Roles), (nameof(Scopes), Scopes), (nameof(Client), Client) })
        {
            if (string.IsNullOrWhiteSpace(name)) faults.AddError($"{path}:{setting} names no claim");
        }

        if (SubjectPrefix.Any(c => c is <= ' ' or > '~')) faults.AddError($"{path}:SubjectPrefix is '{SubjectPrefix}'; it has printable ASCII alone");
    }
}
