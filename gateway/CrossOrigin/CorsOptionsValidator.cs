using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.CrossOrigin;

internal sealed class CorsOptionsValidator : IValidateOptions<CorsPoliciesOptions>
{
    private const string Any = "*";

    public ValidateOptionsResult Validate(string? name, CorsPoliciesOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        foreach (var (key, cors) in options)
        {
            var path = $"Cors:{key}";
            if (CorsName.Disable.Equals(key, StringComparison.OrdinalIgnoreCase)) faults.AddError($"{path} has a reserved name; Disable means no policy");
            if (cors.Origins.Count == 0) faults.AddError($"{path}:Origins is missing; it names at least one origin such as https://app.example.com");
            foreach (var origin in cors.Origins.Where(o => o != Any && !IsOrigin(o)))
                faults.AddError($"{path}:Origins has '{origin}'; an origin is scheme and host, and port if it is not the scheme's own, such as https://app.example.com");
            if (cors.MaxAge < TimeSpan.Zero || cors.MaxAge > TimeSpan.FromDays(1)) faults.AddError($"{path}:MaxAge is {cors.MaxAge}; it must be from 00:00:00 to 1.00:00:00");
            CheckLists(path, cors, faults);
        }

        return faults.Build();
    }

    private static void CheckLists(string path, CorsOptions cors, ValidateOptionsResultBuilder faults)
    {
        (string Setting, IReadOnlyList<string> Values)[] lists =
        [
            (nameof(cors.Origins), cors.Origins), (nameof(cors.Methods), cors.Methods), (nameof(cors.Headers), cors.Headers), (nameof(cors.ExposedHeaders), cors.ExposedHeaders),
        ];
        foreach (var (setting, values) in lists)
        {
            // What "any" means together with credentials is any page at all acting for the signed-in user.
            if (cors.Credentials && values.Contains(Any)) faults.AddError($"{path}:{setting} is *, which Credentials does not go with; name them");
            if (values.Count > 1 && values.Contains(Any)) faults.AddError($"{path}:{setting} has * and others; * means any");
            if (setting == nameof(cors.Origins)) continue;
            foreach (var value in values.Where(v => v != Any && !IsToken(v))) faults.AddError($"{path}:{setting} has '{value}', which is not a name");
        }
    }

    // As a browser writes it (RFC 6454 section 6.2), or it would never be equal to one.
    private static bool IsOrigin(string origin)
    {
        var single = origin.Replace("://*.", "://any.", StringComparison.Ordinal);
        return single.All(char.IsAscii) && Uri.TryCreate(single, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https")
            && uri.UserInfo.Length == 0 && uri.GetLeftPart(UriPartial.Authority) == single;
    }

    // RFC 9110 section 5.6.2.
    private static bool IsToken(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
