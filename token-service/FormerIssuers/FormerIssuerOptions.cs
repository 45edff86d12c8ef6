using FrontDoor.TokenService.Commands;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.FormerIssuers;

/// <summary>
/// One system whose tokens are honoured during a cut-over. Section <c>FormerIssuers</c>, one entry each under a name of your choice; keep the name as long
/// as the entry, what was exchanged is remembered under it. The files are read at start.
/// </summary>
internal sealed record FormerIssuerOptions
{
    public const string Section = "FormerIssuers";

    /// <summary>File with the text of a Django site's <c>SIGNING_KEY</c> (its <c>SECRET_KEY</c> by default), mode 0600, at least 32 bytes. Of this, the file and the addresses below exactly one is set.</summary>
    public string? SigningKeyFile { get; init; }

    /// <summary>File with the public keys (RFC 7517) of an issuer that signs asymmetrically. A token without <c>kid</c> is checked by the only key of the set.</summary>
    public string? JwksFile { get; init; }

    /// <summary>
    /// Address of such keys: https, or http on this machine. Fetched when the first token comes, again when a token names a key that is not in the set, at most every
    /// 10 seconds, and when the set is 5 minutes old; the last good set stays in use. Until there is one, tokens of this issuer are answered with 503.
    /// </summary>
    public string? JwksAddress { get; init; }

    /// <summary>Address of the issuer's discovery document, whose <c>jwks_uri</c> is used as <see cref="JwksAddress"/> is. Needs <see cref="Issuer"/>, which it must name.</summary>
    public string? MetadataAddress { get; init; }

    /// <summary>From then on nothing of this issuer is accepted, e.g. <c>2027-01-31T00:00:00Z</c>. Required.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The exact <c>iss</c> of its tokens. Default none: tokens that have none, as simplejwt's.</summary>
    public string? Issuer { get; init; }

    /// <summary>An <c>aud</c> its tokens need. Default none: tokens that have none.</summary>
    public string? Audience { get; init; }

    /// <summary>
    /// The claim, text or a whole number, whose value is the id of a user here: <c>users import</c> keeps Django's. Default <c>user_id</c>. Ids of a system whose
    /// users were not imported may be those of other people.
    /// </summary>
    public string UserClaim { get; init; } = "user_id";

    public bool FetchesKeys => JwksAddress is not null || MetadataAddress is not null;
}

/// <summary>All former issuers by name.</summary>
internal sealed class FormerIssuersOptions : Dictionary<string, FormerIssuerOptions>;

internal sealed class FormerIssuersOptionsValidator : IValidateOptions<FormerIssuersOptions>
{
    public ValidateOptionsResult Validate(string? name, FormerIssuersOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        foreach (var (key, issuer) in options) Check($"{FormerIssuerOptions.Section}:{key}", issuer, faults);
        foreach (var twice in options.GroupBy(o => o.Value.Issuer).Where(g => g.Count() > 1))
            faults.AddError($"{FormerIssuerOptions.Section}: {string.Join(" and ", twice.Select(o => o.Key))} have the same Issuer '{twice.Key}'");
        return faults.Build();
    }

    private static void Check(string path, FormerIssuerOptions issuer, ValidateOptionsResultBuilder faults)
    {
        if (issuer.Until is null) faults.AddError($"{path}:Until is missing; name the date after which its tokens are refused, e.g. 2027-01-31T00:00:00Z");
        if (issuer.UserClaim.Length == 0) faults.AddError($"{path}:UserClaim is empty");
        if (new[] { issuer.SigningKeyFile, issuer.JwksFile, issuer.JwksAddress, issuer.MetadataAddress }.Count(s => s is not null) != 1)
        {
            faults.AddError($"{path} needs exactly one of SigningKeyFile, JwksFile, JwksAddress and MetadataAddress");
            return;
        }

        if (issuer.FetchesKeys)
        {
            if (!FormerKeyDocuments.IsSafe(issuer.MetadataAddress ?? issuer.JwksAddress))
                faults.AddError($"{path}:{(issuer.MetadataAddress is null ? nameof(issuer.JwksAddress) : nameof(issuer.MetadataAddress))} is '{issuer.MetadataAddress ?? issuer.JwksAddress}'; it must be a https address, or a http one of this machine");
            if (issuer is { MetadataAddress: not null, Issuer: null }) faults.AddError($"{path}:Issuer is missing; a discovery document speaks for one");
            return;
        }

        try
        {
            FormerKeys.Read(issuer);
        }
        catch (Exception e) when (e is StartupFaultException or IOException or UnauthorizedAccessException)
        {
            faults.AddError($"{path}: {e.Message}");
        }
    }
}
