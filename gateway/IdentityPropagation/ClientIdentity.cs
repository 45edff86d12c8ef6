namespace FrontDoor.Gateway.IdentityPropagation;

/// <summary>
/// Recognises header fields by which a client could pass itself off as somebody or somewhere else. Names are folded to letters and digits:
/// back ends that follow CGI read X_User_Id, X.User.Id and X-User-Id as one (CVE-2026-39858, CVE-2025-64484).
/// </summary>
internal sealed class ClientIdentity
{
    // Starts of folded names: one forgotten sibling is one hole (CVE-2024-52003, CVE-2026-35051).
    private static readonly string[] Always =
    [
        "xforwarded", "forwarded", "xoriginal", "xrewrite", "xenvoy", "xrequestid", "xinternaltoken",
        // Whose address it is.
        "xrealip", "xclientip", "clientip", "trueclientip", "xclusterclientip", "xproxyuserip", "fastlyclientip", "wlproxy", "cfconnectingip",
        // Who it is: Authelia, Kubernetes, oauth2-proxy, Grafana, Azure, Google; RFC 9440 and its forerunners.
        "xuser", "remote", "xremote", "xauthrequest", "xauthenticated", "xwebauth", "xmsclientprincipal", "xgoogauthenticated",
        "clientcert", "xclientcert", "sslclient", "xsslclient",
        // Where it came in.
        "xhost", "xhttphost", "xscheme", "xurlscheme", "frontendhttps",
        // HTTP_PROXY to a back end that follows CGI (CVE-2016-5385).
        "proxy",
    ];

    // What a browser's gRPC library says of itself; it claims nobody's identity.
    private const string UserAgentOfGrpcWeb = "xuseragent";

    // By their first character: of most fields no start has it.
    private readonly string[][] _starts = new string[128][];
    private readonly int _longest;

    public ClientIdentity(IdentityOptions options)
    {
        var starts = Always.Concat(options.AllHeaderNames.Concat(options.AlsoRemove).Select(name => Fold(name, new char[name.Length]).ToString())).Distinct().ToArray();
        _longest = Math.Max(UserAgentOfGrpcWeb.Length + 1, starts.Max(s => s.Length));
        Array.Fill(_starts, []);
        foreach (var sameFirst in starts.GroupBy(s => s[0])) _starts[sameFirst.Key] = [.. sameFirst];
    }

    /// <summary>Whether a client may not set this field. Asked for every field of every request, so it allocates nothing.</summary>
    public bool Claims(string header)
    {
        if (StartsLike(header) is not { Length: > 0 } starts) return false;
        Span<char> start = stackalloc char[_longest];
        var folded = Fold(header, start);
        if (folded is UserAgentOfGrpcWeb) return false;
        foreach (var claimed in starts)
        {
            if (folded.StartsWith(claimed, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private string[] StartsLike(string header)
    {
        foreach (var c in header)
        {
            if (char.IsAsciiLetterOrDigit(c)) return _starts[char.ToLowerInvariant(c)];
        }

        return [];
    }

    // Letters and digits alone, in lower case, as many as fit.
    private static ReadOnlySpan<char> Fold(string name, Span<char> folded)
    {
        var length = 0;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c)) continue;
            if (length == folded.Length) break;
            folded[length++] = char.ToLowerInvariant(c);
        }

        return folded[..length];
    }
}
