using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.IdentityPropagation;

internal sealed class IdentityOptionsValidator : IValidateOptions<IdentityOptions>
{
    public ValidateOptionsResult Validate(string? name, IdentityOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        Check(IdentityOptions.Section, options.Headers, options.Authorization, faults);
        foreach (var (route, own) in options.Routes) Check($"{IdentityOptions.Section}:Routes:{route}", own.Headers, own.Authorization ?? default, faults);
        // They are compared by their letters and digits; without any, one would mean every field there is.
        foreach (var removed in options.AlsoRemove.Where(r => !r.Any(char.IsAsciiLetterOrDigit)))
            faults.AddError($"{IdentityOptions.Section}:AlsoRemove has '{removed}'; the start of a header name has a letter or a digit");
        if (options.MaxHeaderBytes is < 256 or > 65536)
            faults.AddError($"IdentityPropagation:MaxHeaderBytes is {options.MaxHeaderBytes}; it must be from 256 to 65536");
        return faults.Build();
    }

    private static void Check(string path, IReadOnlyDictionary<string, string> headers, CredentialHandling authorization, ValidateOptionsResultBuilder faults)
    {
        foreach (var (header, claim) in headers)
        {
            if (!header.Any(char.IsAsciiLetterOrDigit) || header.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-'))
                faults.AddError($"{path}:Headers has '{header}'; a header name has letters, digits and hyphens only, and not hyphens alone");
            if (string.IsNullOrWhiteSpace(claim)) faults.AddError($"{path}:Headers:{header} names no claim");
        }

        // The binder takes any number for an enumeration.
        if (!Enum.IsDefined(authorization)) faults.AddError($"{path}:Authorization is {authorization}; legal values are {string.Join(", ", Enum.GetNames<CredentialHandling>())}");
    }
}
