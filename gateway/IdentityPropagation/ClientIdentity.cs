namespace FrontDoor.Gateway.IdentityPropagation;

/// <summary>
/// Recognises header fields by which a client could pass itself off as somebody or somewhere else. Names are folded to letters and digits:
/// back ends that follow CGI read X_User_Id, X.User.Id and X-User-Id as one (CVE-2026-39858, CVE-2025-64484).
/// </summary>
internal sealed class ClientIdentity
{
    // Starts of folded names: one forgotten sibling is one hole (CVE-2024-52003, CVE-2026-35051).
    private static readonly string[] Always =
        ["xforwarded", "forwarded", "xrealip", "xoriginal", "xrewrite", "xauthrequest", "xuser", "remoteuser", "xremoteuser", "xclientcert", "xsslclient", "xenvoy"];

    private readonly string[] _starts;

    public ClientIdentity(IdentityOptions options) =>
        _starts = [.. Always.Concat(options.EffectiveHeaders.Keys.Concat(options.AlsoRemove).Select(name => Fold(name))).Distinct()];

    /// <summary>Whether a client may not set this field.</summary>
    public bool Claims(string header)
    {
        var folded = Fold(header);
        foreach (var start in _starts)
        {
            if (folded.StartsWith(start, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private static string Fold(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
}
