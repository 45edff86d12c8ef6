using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Authentication;

internal sealed class IssuersOptionsValidator : IValidateOptions<IssuersOptions>
{
    private static readonly string[] Asymmetric = ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

    public ValidateOptionsResult Validate(string? name, IssuersOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        foreach (var (key, issuer) in options) Check($"Issuers:{key}", issuer, faults);
        foreach (var twice in options.GroupBy(o => o.Value.Issuer).Where(g => g.Count() > 1))
            faults.AddError($"Issuers: {string.Join(" and ", twice.Select(o => o.Key))} have the same Issuer '{twice.Key}'");
        // Each would overwrite the other's, and the number after which a feed resumes would be of the other's feed.
        foreach (var twice in options.SelectMany(StateFiles).GroupBy(f => Path.GetFullPath(f.File)).Where(g => g.Count() > 1))
            faults.AddError($"Issuers: {string.Join(" and ", twice.Select(f => f.Setting))} are the same file '{twice.Key}'");
        var prefixes = options.Where(o => o.Value.Claims.SubjectPrefix.Length > 0).Select(o => (o.Key, o.Value.Claims.SubjectPrefix)).ToArray();
        foreach (var (key, prefix) in prefixes)
        foreach (var (other, _) in prefixes.Where(p => p.Key != key && p.SubjectPrefix.StartsWith(prefix, StringComparison.Ordinal)))
            faults.AddError($"Issuers:{other}:Claims:SubjectPrefix begins with that of {key}; subjects of the two could be equal");
        return faults.Build();
    }

    private static IEnumerable<(string Setting, string File)> StateFiles(KeyValuePair<string, IssuerOptions> issuer)
    {
        if (issuer.Value.KeysStateFile is { Length: > 0 } keys) yield return ($"{issuer.Key}:KeysStateFile", keys);
        if (issuer.Value.Revocations?.StateFile is { Length: > 0 } revocations) yield return ($"{issuer.Key}:Revocations:StateFile", revocations);
    }

    private static void Check(string path, IssuerOptions issuer, ValidateOptionsResultBuilder faults)
    {
        if (issuer.IsFormer) CheckFormer(path, issuer, faults);
        else CheckSources(path, issuer, faults);

        if (issuer.ClockSkew < TimeSpan.Zero || issuer.ClockSkew > TimeSpan.FromSeconds(60))
            faults.AddError($"{path}:ClockSkew is {issuer.ClockSkew}; it must be from 00:00:00 to 00:01:00");
        if (issuer.KeyRefresh < TimeSpan.FromSeconds(1) || issuer.KeyRefresh > TimeSpan.FromHours(1))
            faults.AddError($"{path}:KeyRefresh is {issuer.KeyRefresh}; it must be from 00:00:01 to 01:00:00");
        issuer.Claims.Check($"{path}:Claims", faults);
        if (issuer.MaxLifetime < TimeSpan.FromSeconds(1)) faults.AddError($"{path}:MaxLifetime is {issuer.MaxLifetime}; it must be at least 00:00:01");
        if (issuer.KeysStateFile is not null && !issuer.FetchesKeys) faults.AddError($"{path}:KeysStateFile is of no use; no keys are fetched for this issuer");
        if (issuer.KeysStateFile is { Length: 0 }) faults.AddError($"{path}:KeysStateFile is empty; leave it out to keep keys in memory alone");
        issuer.Revocations?.Check($"{path}:Revocations", faults);
        if (issuer.UnknownKeyInterval < TimeSpan.FromSeconds(1) || issuer.UnknownKeyInterval > TimeSpan.FromMinutes(1))
            faults.AddError($"{path}:UnknownKeyInterval is {issuer.UnknownKeyInterval}; it must be from 00:00:01 to 00:01:00");
    }

    private static void CheckSources(string path, IssuerOptions issuer, ValidateOptionsResultBuilder faults)
    {
        if (issuer.Issuer.Length == 0) faults.AddError($"{path}:Issuer is missing; it is the exact iss claim");
        if (issuer.Audiences.Count == 0) faults.AddError($"{path}:Audiences is missing; name at least one accepted aud value");
        if (issuer.FetchesKeys && (!Uri.TryCreate(issuer.EffectiveMetadataAddress, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")))
            faults.AddError($"{path}:MetadataAddress is '{issuer.EffectiveMetadataAddress}'; it must be an http(s) address");
        foreach (var algorithm in issuer.Algorithms.Except([.. Asymmetric, .. FileKeys.HmacAlgorithms]))
            faults.AddError($"{path}:Algorithms has '{algorithm}'; legal values are {string.Join(", ", Asymmetric)}, and with a SecretFile {string.Join(", ", FileKeys.HmacAlgorithms)}");
        // RFC 8725 section 3.1: an algorithm is allowed only beside the kind of key it is for.
        if (issuer.SecretFile is null && issuer.Algorithms.Intersect(FileKeys.HmacAlgorithms).FirstOrDefault() is { } secret)
            faults.AddError($"{path}:Algorithms has {secret}, which needs a SecretFile");
        if (issuer.SecretFile is not null && !issuer.EffectiveAlgorithms.Intersect(FileKeys.HmacAlgorithms).Any())
            faults.AddError($"{path}:SecretFile is of no use; Algorithms has none of {string.Join(", ", FileKeys.HmacAlgorithms)}");
        if (issuer is { FetchesKeys: false, KeysFile: null } && issuer.Algorithms.Intersect(Asymmetric).FirstOrDefault() is { } asymmetric)
            faults.AddError($"{path}:Algorithms has {asymmetric}, which beside a SecretFile needs a MetadataAddress");
        if (issuer.KeysFile is not null && (issuer.SecretFile is not null || !string.IsNullOrEmpty(issuer.MetadataAddress)))
            faults.AddError($"{path}: SecretFile and MetadataAddress do not go with a KeysFile; its keys are all that count");
        if (issuer.KeysFile is { } keys && PrivateFile.FaultOf(keys, PublicKeyFile.Read) is { } wrong) faults.AddError($"{path}:KeysFile: {wrong}");
        if (issuer.SecretFile is { } file && PrivateFile.FaultOf(file, SecretFile.Read) is { } fault) faults.AddError($"{path}:SecretFile: {fault}");
    }

    private static void CheckFormer(string path, IssuerOptions issuer, ValidateOptionsResultBuilder faults)
    {
        if (issuer.Until is null) faults.AddError($"{path}:Until is missing; a SigningKeyFile needs the date after which its tokens are refused, e.g. 2027-01-31T00:00:00Z");
        if (issuer.UserClaim.Length == 0) faults.AddError($"{path}:UserClaim is empty");
        if (issuer is not { SecretFile: null, MetadataAddress: null, KeysFile: null, Algorithms.Count: 0, Types.Count: 0, Revocations: null } || issuer.Claims != new ClaimNames())
            faults.AddError($"{path}: SecretFile, MetadataAddress, KeysFile, Algorithms, Types, Claims and Revocations do not go with a SigningKeyFile; its tokens are simplejwt's, HS256 and typ JWT");
        if (PrivateFile.FaultOf(issuer.SigningKeyFile!, FormerKey.Read) is { } fault) faults.AddError($"{path}:SigningKeyFile: {fault}");
    }
}
