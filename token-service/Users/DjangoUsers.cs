using System.Text.Json;
using Microsoft.VisualBasic.FileIO;

namespace FrontDoor.TokenService.Users;

/// <summary>A row of Django's <c>auth_user</c>.</summary>
internal sealed record DjangoUser(
    string Id, string UserName, string Password, string FirstName, string LastName, string Email, bool IsActive, bool IsStaff, bool IsSuperuser, IReadOnlyList<string> Groups);

/// <summary>
/// Reads <c>manage.py dumpdata auth --format json</c>, or a CSV export of <c>auth_user</c> with a header line. Where the model has no user name, because
/// people sign in by e-mail, the address becomes the name.
/// </summary>
internal static class DjangoUsers
{
    public const string DefaultModel = "auth.user";

    /// <param name="model">The user model's label in JSON; a site with its own has another.</param>
    /// <exception cref="AdministrationException">The file is not one of the two; says where.</exception>
    public static IReadOnlyList<DjangoUser> Read(string file, string model = DefaultModel)
    {
        try
        {
            return file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? ReadCsv(file) : ReadJson(file, model);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or MalformedLineException)
        {
            throw new AdministrationException($"{file} is neither dumpdata JSON nor CSV of auth_user: {e.Message}");
        }
    }

    private static List<DjangoUser> ReadJson(string file, string model)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        var objects = document.RootElement.EnumerateArray().ToArray();
        var groups = objects.Where(o => Model(o) == "auth.group")
            .ToDictionary(o => o.GetProperty("pk").ToString(), o => o.GetProperty("fields").GetProperty("name").GetString()!);
        return [.. objects.Where(o => string.Equals(Model(o), model, StringComparison.OrdinalIgnoreCase)).Select(o => FromJson(o.GetProperty("pk").ToString(), o.GetProperty("fields"), groups))];
    }

    private static string? Model(JsonElement dumped) => dumped.GetProperty("model").GetString();

    private static DjangoUser FromJson(string id, JsonElement fields, Dictionary<string, string> groups) => new(
        id,
        fields.GetProperty(fields.TryGetProperty("username", out _) ? "username" : "email").GetString()!,
        fields.GetProperty("password").GetString()!,
        Text(fields, "first_name"),
        Text(fields, "last_name"),
        Text(fields, "email"),
        fields.GetProperty("is_active").GetBoolean(),
        fields.GetProperty("is_staff").GetBoolean(),
        fields.GetProperty("is_superuser").GetBoolean(),
        fields.TryGetProperty("groups", out var member) ? [.. member.EnumerateArray().Select(g => GroupName(g, groups))] : []);

    // Natural keys (dumpdata --natural-foreign) name the group in an array; otherwise it is a primary key.
    private static string GroupName(JsonElement group, Dictionary<string, string> groups) => group.ValueKind == JsonValueKind.Array
        ? group[0].GetString()!
        : groups.GetValueOrDefault(group.ToString()) ?? throw new FormatException($"group {group} is not in the file; dump `auth`, not `auth.user` alone");

    private static string Text(JsonElement fields, string name) => fields.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static List<DjangoUser> ReadCsv(string file)
    {
        using var parser = new TextFieldParser(file) { TextFieldType = FieldType.Delimited, HasFieldsEnclosedInQuotes = true, TrimWhiteSpace = false };
        parser.SetDelimiters(",");
        var heads = parser.ReadFields() ?? throw new FormatException("it is empty");
        var users = new List<DjangoUser>();
        while (parser.ReadFields() is { } cells)
        {
            if (cells.Length != heads.Length) throw new FormatException($"line {parser.LineNumber - 1} has {cells.Length} fields, the header has {heads.Length}");
            var row = heads.Zip(cells).ToDictionary(c => c.First, c => c.Second);
            users.Add(new DjangoUser(
                row["id"], row.TryGetValue("username", out var name) ? name : row["email"], row["password"], row.GetValueOrDefault("first_name", ""), row.GetValueOrDefault("last_name", ""),
                row.GetValueOrDefault("email", ""), Flag(row["is_active"]), Flag(row["is_staff"]), Flag(row["is_superuser"]), []));
        }

        return users;
    }

    // PostgreSQL writes t and f, MySQL 1 and 0, others words.
    private static bool Flag(string cell) => cell.ToLowerInvariant() switch
    {
        "t" or "1" or "true" => true,
        "f" or "0" or "false" => false,
        _ => throw new FormatException($"'{cell}' is not a truth value"),
    };
}
