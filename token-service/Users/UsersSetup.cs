using FrontDoor.TokenService.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

internal static class UsersSetup
{
    public static void AddUsers(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<UserOptions>, UserOptionsValidator>();
        services.AddOptions<UserOptions>().BindConfiguration(UserOptions.Section, StrictBinding.Of).ValidateOnStart();

        // One for all: it keeps nothing but its options, and the decoy hash needs it outside of any request.
        services.AddSingleton<IPasswordHasher<User>, BackgroundHasher>();
        services.AddSingleton<ImportedPasswordHasher>();
        services.AddSingleton<HashingThreads>();
        services.AddIdentityCore<User>(identity =>
        {
            // NIST SP 800-63B section 3.1.1.2: length, no composition rules.
            identity.Password.RequiredLength = 8;
            identity.Password.RequireDigit = false;
            identity.Password.RequireLowercase = false;
            identity.Password.RequireUppercase = false;
            identity.Password.RequireNonAlphanumeric = false;
            // Django allows any user name without control characters; a list of letters would refuse most of the world's names.
            identity.User.AllowedUserNameCharacters = "";
        }).AddPasswordValidator<PasswordRules>().AddRoles<IdentityRole>().AddEntityFrameworkStores<TokenDb>();
        services.AddOptions<IdentityOptions>()
            .Configure<IOptions<UserOptions>>((identity, users) => identity.User.RequireUniqueEmail = users.Value.SignsInByEmail);
        services.AddOptions<PasswordHasherOptions>()
            .Configure<IOptions<UserOptions>>((hasher, users) => hasher.IterationCount = users.Value.HashIterations);

        services.AddSingleton<CommonPasswords>();
        services.AddSingleton<DecoyHash>();
        services.AddSingleton<HashingGate>();
        services.AddSingleton<FailureThrottle>();
        services.AddScoped<LoginNames>();
        services.AddScoped<PasswordCheck>();
        services.AddScoped<PasswordLogin>();
        services.AddScoped<PasswordChange>();
        services.AddScoped<RoleAdministration>();
        services.AddScoped<LastAdministrator>();
        services.AddScoped<EmailTurns>();
        services.AddScoped<UserAdministration>();
        services.AddScoped<UserDirectory>();
        services.AddSingleton<RegistrationThrottle>();
        services.AddScoped<Registration>();
        services.AddScoped<UserFields>();
        services.AddScoped<UserImport>();
        services.AddSingleton<RequireEmails>();
        services.AddHostedService(provider => provider.GetRequiredService<RequireEmails>());
        services.AddHostedService<SeedUsers>();
    }
}
