using System.Security.Claims;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>
/// Which of an issuer's claims say what policies and identity headers ask for. Section <c>Issuers:&lt;name&gt;:Claims</c>. A name may be a path into
/// objects, e.g. <c>realm_access.roles</c>; a name that has dots itself (<c>https://example.com/roles</c>) goes first. Values are text, a list of text,
/// or numbers.
/// </summary>
internal sealed record ClaimNames
{
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

    /// <summary>Whether the library has found the subject where it is.</summary>
    public bool HasUsualSubject => Subject == "sub";

    private IEnumerable<(string Canonical, string Name)> Mapped =>
        new[] { ("sub", Subject), ("name", Name), ("roles", Roles), ("scope", Scopes), ("client_id", Client) }.Where(m => m.Item1 != m.Item2);

    /// <summary>Renames the claims to <c>sub</c>, <c>name</c>, <c>roles</c>, <c>scope</c>, <c>client_id</c>; what the token itself says under such a name no longer counts.</summary>
    /// <returns>Whether it has a subject; with its prefix.</returns>
    public bool Apply(ClaimsIdentity identity, JsonWebToken token)
    {
        if (Mapped.Any() && !Rename(identity, token)) return false;
        if (SubjectPrefix.Length == 0) return true;
        foreach (var subject in identity.FindAll("sub").ToArray())
        {
            identity.RemoveClaim(subject);
            identity.AddClaim(new Claim("sub", SubjectPrefix + subject.Value));
        }

        return true;
    }

    private bool Rename(ClaimsIdentity identity, JsonWebToken token)
    {
        using var payload = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload));
        foreach (var (canonical, name) in Mapped)
        {
            foreach (var claim in identity.FindAll(canonical).ToArray()) identity.RemoveClaim(claim);
            var values = ClaimPath.Find(payload.RootElement, name) is { } found ? ClaimPath.Texts(found).ToArray() : [];
            if (canonical == "sub" && values is not [{ Length: > 0 }]) return false;
            foreach (var value in values) identity.AddClaim(new Claim(canonical, value));
        }

        return true;
    }

    public void Check(string path, ValidateOptionsResultBuilder faults)
    {
        foreach (var (setting, name) in new[] { (nameof(Subject), Subject), (nameof(Name), Name), (nameof(Roles), Roles), (nameof(Scopes), Scopes), (nameof(Client), Client) })
        {
            if (string.IsNullOrWhiteSpace(name)) faults.AddError($"{path}:{setting} names no claim");
        }

        if (SubjectPrefix.Any(c => c is <= ' ' or > '~')) faults.AddError($"{path}:SubjectPrefix is '{SubjectPrefix}'; it has printable ASCII alone");
    }
}
