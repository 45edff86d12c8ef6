using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>Section <c>Users</c>.</summary>
internal sealed record UserOptions
{
    public const string Section = "Users";

    /// <summary>
    /// PBKDF2-HMAC-SHA512 iterations for new and renewed hashes. Default 210,000 (OWASP Password Storage Cheat Sheet); at least 100,000.
    /// A hash made with fewer is renewed at the user's next sign-in.
    /// </summary>
    public int HashIterations { get; init; } = 210_000;

    /// <summary>Strip white space around a submitted password, as Django's simplejwt does. Default false: a password is compared as sent.</summary>
    public bool TrimPasswords { get; init; }

    /// <summary>Users made at start when absent, by user name: the first administrator of a fresh installation. Existing users are left alone.</summary>
    public IReadOnlyDictionary<string, SeedUser> Seed { get; init; } = new Dictionary<string, SeedUser>();
}

/// <summary>A user to make at start when absent.</summary>
internal sealed record SeedUser
{
    /// <summary>A file whose content is the password (trailing line break ignored). Required.</summary>
    public string PasswordFile { get; init; } = "";

    /// <summary>The <c>name</c> claim; default the user name.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Roles, made when absent. Default none.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];
}

internal sealed class UserOptionsValidator : IValidateOptions<UserOptions>
{
    public ValidateOptionsResult Validate(string? name, UserOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (options.HashIterations < 100_000)
            faults.AddError($"Users:HashIterations is {options.HashIterations}; at least 100000 are needed");
        foreach (var (user, seed) in options.Seed)
        {
            if (!File.Exists(seed.PasswordFile))
                faults.AddError($"Users:Seed:{user}:PasswordFile names a file that does not exist: '{seed.PasswordFile}'");
        }

        return faults.Build();
    }
}
