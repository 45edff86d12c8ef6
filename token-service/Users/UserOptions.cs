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

    /// <summary>
    /// What users sign in with, and the name of that field in requests: <c>Username</c> (default; <c>username</c>) or <c>Email</c> (<c>email</c>). By e-mail
    /// each user needs an address of its own; a start with users that have none refuses and names them.
    /// </summary>
    public string LoginField { get; init; } = Username;

    /// <summary>Strip white space around a submitted password, as Django's simplejwt does. Default false: a password is compared as sent.</summary>
    public bool TrimPasswords { get; init; }

    /// <summary>
    /// A file of passwords that nobody may choose, one a line, compared without case, beside the few hundred words that are built in. Read at start. Default none.
    /// </summary>
    public string? CommonPasswordsFile { get; init; }

    /// <summary>
    /// Passwords hashed at once. Default 0: half the processors, at least one. At most 64. While others want every processor, each hash waits a second for idle time
    /// and is then done as usual: somewhat fewer sign-ins a second than this are let in.
    /// </summary>
    public int ConcurrentHashes { get; init; }

    /// <summary>Sign-ins that may wait for their turn to be hashed; one more is 503 with Retry-After. Default 50; from 0 to 10,000.</summary>
    public int HashQueue { get; init; } = 50;

    /// <summary>How fast passwords may be guessed.</summary>
    public ThrottleOptions Throttle { get; init; } = new();

    /// <summary>Whether strangers may make themselves an account.</summary>
    public RegistrationOptions Registration { get; init; } = new();

    /// <summary>When an account is locked.</summary>
    public LockoutOptions Lockout { get; init; } = new();

    /// <summary>
    /// What a change of roles does to the user's sessions. Default <see cref="RoleChange.Refresh"/>: access tokens keep the old roles for their
    /// lifetime at most, the next refresh brings the new ones. <see cref="RoleChange.EndSessions"/>: all sessions end at once.
    /// </summary>
    public RoleChange OnRoleChange { get; init; } = RoleChange.Refresh;

    /// <summary>
    /// What a change of the password by its user does to the user's sessions. Default <see cref="PasswordChangeEffect.EndOtherSessions"/>: the one that asked
    /// goes on. <see cref="PasswordChangeEffect.EndAllSessions"/>: that one, too. <see cref="PasswordChangeEffect.KeepSessions"/>: none ends. A reset by an administrator
    /// ends all.
    /// </summary>
    public PasswordChangeEffect OnPasswordChange { get; init; } = PasswordChangeEffect.EndOtherSessions;

    /// <summary>
    /// What disabling a user does to the sessions. Default <see cref="DisableEffect.EndSessions"/>: all end at once. <see cref="DisableEffect.Suspend"/>: access tokens
    /// stay good for their lifetime at most, refreshes are refused while the user is disabled, and the sessions go on once enabled. Deleting ends them always.
    /// </summary>
    public DisableEffect OnDisable { get; init; } = DisableEffect.EndSessions;

    public const string Username = "Username";
    public const string Email = "Email";

    public bool SignsInByEmail => string.Equals(LoginField, Email, StringComparison.OrdinalIgnoreCase);

    /// <summary>The number of hashes at once, with the default applied.</summary>
    public int EffectiveConcurrentHashes => ConcurrentHashes > 0 ? ConcurrentHashes : Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Users made at start when absent, by user name: the first administrator of a fresh installation. Existing users are left alone.</summary>
    public IReadOnlyDictionary<string, SeedUser> Seed { get; init; } = new Dictionary<string, SeedUser>();
}

/// <summary>What becomes of a user's sessions when the roles change.</summary>
internal enum RoleChange
{
    Refresh,
    EndSessions,
}

/// <summary>What becomes of a user's sessions when the user changes the password.</summary>
internal enum PasswordChangeEffect
{
    EndOtherSessions,
    EndAllSessions,
    KeepSessions,
}

/// <summary>What becomes of a user's sessions when the user is disabled.</summary>
internal enum DisableEffect
{
    EndSessions,
    Suspend,
}

/// <summary>Failed sign-ins per <see cref="Window"/>, in this process; past them 429 with Retry-After, whether the password is right or not.</summary>
internal sealed record ThrottleOptions
{
    /// <summary>For one user name, known or unknown. Default 10; at least 1.</summary>
    public int FailuresPerAccount { get; init; } = 10;

    /// <summary>From one client address. Default 100 (offices share one); at least 1.</summary>
    public int FailuresPerAddress { get; init; } = 100;

    /// <summary>Default 1 minute; from 1 second to 1 day.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>Self-registration at <c>POST /api/users/</c>.</summary>
internal sealed record RegistrationOptions
{
    /// <summary>Default false: the endpoint is 404.</summary>
    public bool Enabled { get; init; }

    /// <summary>Attempts from one client address per <see cref="Window"/>, in this process; past them 429 with Retry-After. Default 10; at least 1.</summary>
    public int AttemptsPerAddress { get; init; } = 10;

    /// <summary>Default 1 hour; from 1 second to 1 day.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>An account is locked after this many wrong passwords in a row; in the database, so on all nodes and across restarts.</summary>
internal sealed record LockoutOptions
{
    /// <summary>Default 100 (the most that NIST SP 800-63B section 3.2.2 allows); from 1 to 100.</summary>
    public int Failures { get; init; } = 100;

    /// <summary>How long it stays locked. Default 15 minutes; from 1 second.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(15);
}

/// <summary>A user to make at start when absent.</summary>
internal sealed record SeedUser
{
    /// <summary>A file whose content is the password (trailing line break ignored). Required.</summary>
    public string PasswordFile { get; init; } = "";

    /// <summary>The <c>name</c> claim; default the user name.</summary>
    public string? DisplayName { get; init; }

    /// <summary>The e-mail address. Default none; where users sign in by it, the user name, which must then be an address.</summary>
    public string? Email { get; init; }

    /// <summary>Roles, made when absent. Default none.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];
}

internal sealed class UserOptionsValidator : IValidateOptions<UserOptions>
{
    public ValidateOptionsResult Validate(string? name, UserOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (!options.SignsInByEmail && !string.Equals(options.LoginField, UserOptions.Username, StringComparison.OrdinalIgnoreCase))
            faults.AddError($"Users:LoginField is '{options.LoginField}'; legal values are Username and Email");
        // The binder takes any number for a name.
        if (!Enum.IsDefined(options.OnRoleChange)) faults.AddError($"Users:OnRoleChange is '{options.OnRoleChange}'; {LegalValues<RoleChange>()}");
        if (!Enum.IsDefined(options.OnPasswordChange)) faults.AddError($"Users:OnPasswordChange is '{options.OnPasswordChange}'; {LegalValues<PasswordChangeEffect>()}");
        if (!Enum.IsDefined(options.OnDisable)) faults.AddError($"Users:OnDisable is '{options.OnDisable}'; {LegalValues<DisableEffect>()}");
        if (options.HashIterations < 100_000)
            faults.AddError($"Users:HashIterations is {options.HashIterations}; at least 100000 are needed");
        if (options.ConcurrentHashes is < 0 or > 64) faults.AddError($"Users:ConcurrentHashes is {options.ConcurrentHashes}; it must be from 0 to 64");
        if (options.HashQueue is < 0 or > 10_000) faults.AddError($"Users:HashQueue is {options.HashQueue}; it must be from 0 to 10000");
        if (options.Throttle.FailuresPerAccount < 1 || options.Throttle.FailuresPerAddress < 1)
            faults.AddError("Users:Throttle:FailuresPerAccount and FailuresPerAddress must be at least 1");
        if (options.Throttle.Window < TimeSpan.FromSeconds(1) || options.Throttle.Window > TimeSpan.FromDays(1))
            faults.AddError($"Users:Throttle:Window is {options.Throttle.Window}; it must be from 00:00:01 to 1.00:00:00");
        if (options.Lockout.Failures is < 1 or > 100) faults.AddError($"Users:Lockout:Failures is {options.Lockout.Failures}; it must be from 1 to 100");
        if (options.Lockout.Duration < TimeSpan.FromSeconds(1)) faults.AddError($"Users:Lockout:Duration is {options.Lockout.Duration}; it must be at least 00:00:01");
        if (options.CommonPasswordsFile is { } file && !File.Exists(file))
            faults.AddError($"Users:CommonPasswordsFile names a file that does not exist: '{file}'");
        if (options.Registration.AttemptsPerAddress < 1)
            faults.AddError($"Users:Registration:AttemptsPerAddress is {options.Registration.AttemptsPerAddress}; it must be at least 1");
        if (options.Registration.Window < TimeSpan.FromSeconds(1) || options.Registration.Window > TimeSpan.FromDays(1))
            faults.AddError($"Users:Registration:Window is {options.Registration.Window}; it must be from 00:00:01 to 1.00:00:00");
        foreach (var (user, seed) in options.Seed)
        {
            if (!File.Exists(seed.PasswordFile))
                faults.AddError($"Users:Seed:{user}:PasswordFile names a file that does not exist: '{seed.PasswordFile}'");
        }

        return faults.Build();
    }

    private static string LegalValues<T>()
        where T : struct, Enum => $"legal values are {string.Join(", ", Enum.GetNames<T>())}";
}
