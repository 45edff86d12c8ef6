using System.ComponentModel.DataAnnotations;
using FrontDoor.TokenService.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Endpoints;

/// <summary><c>POST /api/users</c>: a stranger makes an account; not there unless <see cref="RegistrationOptions.Enabled"/>.</summary>
internal static class RegistrationEndpoint
{
    // Django's widths; the columns are wider.
    private const int LongestName = 150;
    private const int LongestEmail = 254;

    public static void MapRegistration(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<Users.UserOptions>>().Value.Registration.Enabled)
            app.MapLoginEndpoint<NewAccount, NewEmailAccount>("/api/users", "User Registration", RegisterAsync).WithTags("Account")
                .Produces<RegisteredUser>(StatusCodes.Status201Created).Produces<Detail>(StatusCodes.Status429TooManyRequests);
    }

    private static async Task<Answer> RegisterAsync(HttpContext context, TextFields fields)
    {
        var services = context.RequestServices;
        var options = services.GetRequiredService<IOptions<Users.UserOptions>>().Value;
        var field = services.GetRequiredService<LoginNames>().Field;
        var login = fields.Read(field);
        // As a sign-in will read it.
        var password = fields.Read("password", options.TrimPasswords);
        var email = options.SignsInByEmail ? login : fields.Has("email") ? fields.Read("email") : null;
        if (fields.Refusal is { } refusal) return refusal;
        if (Fault(field, login, email) is { } fault) return fault;

        var result = await services.GetRequiredService<Registration>().RunAsync(login, password, email, SignIn.Address(context), context.RequestAborted);
        return result switch
        {
            { RetryAfter: { } wait } => Answer.Throttled(context, wait),
            { User: { } user } => new Answer(StatusCodes.Status201Created, new RegisteredUser(user.Id, options.SignsInByEmail ? null : user.UserName, user.Email)),
            _ => Answer.Fields(result.Faults!.GroupBy(f => FieldOf(f, field)).ToDictionary(g => g.Key, g => g.Select(f => Words(f, g.Key)).Distinct().ToArray())),
        };
    }

    private static Answer? Fault(string field, string login, string? email)
    {
        var faults = new Dictionary<string, string[]>();
        if (login.Any(char.IsControl)) faults[field] = ["Enter a valid username."];
        else if (login.Length > LongestName && email != login) faults[field] = [$"Ensure this field has no more than {LongestName} characters."];
        if (email?.Length > LongestEmail) faults["email"] = [$"Ensure this field has no more than {LongestEmail} characters."];
        else if (email is not null && (email.Any(char.IsControl) || !new EmailAddressAttribute().IsValid(email))) faults["email"] = ["Enter a valid email address."];
        return faults.Count == 0 ? null : Answer.Fields(faults);
    }

    private static string FieldOf(IdentityError fault, string loginField) => fault.Code switch
    {
        nameof(IdentityErrorDescriber.DuplicateUserName) or nameof(IdentityErrorDescriber.InvalidUserName) => loginField,
        nameof(IdentityErrorDescriber.DuplicateEmail) or nameof(IdentityErrorDescriber.InvalidEmail) => "email",
        _ => "password",
    };

    private static string Words(IdentityError fault, string field) =>
        fault.Code is nameof(IdentityErrorDescriber.DuplicateUserName) or nameof(IdentityErrorDescriber.DuplicateEmail)
            ? $"A user with that {field} already exists."
            : fault.Description;
}
