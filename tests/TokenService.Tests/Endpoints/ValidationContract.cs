using FrontDoor.TokenService.Tests.Storage;
using Xunit;

namespace FrontDoor.TokenService.Tests.Endpoints;

public sealed class SqliteValidationTests(SqliteStore store) : ValidationContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlValidationTests(PostgreSqlStore store) : ValidationContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>The rows of the simplejwt contract, section 2.</summary>
public abstract class ValidationContract(TestStore store) : StoreContract(store)
{
    private const string BothRequired = """{"username":["This field is required."],"password":["This field is required."]}""";

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"Username":"alice","PASSWORD":"x"}""")]
    [InlineData("")]
    public async Task MissingFields_AreAllNamed(string body) => AssertBadRequest(await Client.PostAsync("/api/token/", body), BothRequired);

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=b")]
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task EmptyBody_IsAnEmptyFormWhateverItsType(string? type) => AssertBadRequest(await Client.PostAsync("/api/token/", "", type), BothRequired);

    [Theory]
    [InlineData("null", "This field may not be null.")]
    [InlineData("\"\"", "This field may not be blank.")]
    [InlineData("\"   \"", "This field may not be blank.")]
    [InlineData("\"\\t\\n\"", "This field may not be blank.")]
    [InlineData("[]", "Not a valid string.")]
    [InlineData("[\"alice\"]", "Not a valid string.")]
    [InlineData("true", "Not a valid string.")]
    [InlineData("false", "Not a valid string.")]
    [InlineData("{}", "Not a valid string.")]
    [InlineData("{\"$ne\":null}", "Not a valid string.")]
    [InlineData("\"a\\u0000b\"", "Null characters are not allowed.")]
    [InlineData("\"\\u0000\"", "Null characters are not allowed.")]
    [InlineData("\"a\\ud800\"", "Surrogate characters are not allowed: U+D800.")]
    [InlineData("\"\\uDC0f\"", "Surrogate characters are not allowed: U+DC0F.")]
    [InlineData("\"\\ud83d\\ude00\\udfff\"", "Surrogate characters are not allowed: U+DFFF.")]
    public async Task BadValue_IsNamedForEachField(string value, string message)
    {
        AssertBadRequest(
            await Client.PostAsync("/api/token/", $$"""{"username":{{value}},"password":{{value}}}"""),
            $$"""{"username":["{{message}}"],"password":["{{message}}"]}""");
        AssertBadRequest(await Client.PostAsync("/api/token/refresh/", $$"""{"refresh":{{value}}}"""), $$"""{"refresh":["{{message}}"]}""");
        AssertBadRequest(await Client.PostAsync("/api/token/verify/", $$"""{"token":{{value}}}"""), $$"""{"token":["{{message}}"]}""");
        AssertBadRequest(await Client.PostAsync("/api/token/blacklist/", $$"""{"refresh":{{value}}}"""), $$"""{"refresh":["{{message}}"]}""");
    }

    [Fact]
    public async Task FaultInOneField_NamesThatFieldAlone() => AssertBadRequest(
        await Client.PostAsync("/api/token/", """{"username":"alice","password":null}"""), """{"password":["This field may not be null."]}""");

    [Theory]
    [InlineData("/api/token/refresh/", "refresh")]
    [InlineData("/api/token/verify/", "token")]
    [InlineData("/api/token/blacklist/", "refresh")]
    public async Task MissingToken_IsNamed(string path, string field) =>
        AssertBadRequest(await Client.PostAsync(path, "{}"), $$"""{"{{field}}":["This field is required."]}""");

    [Theory]
    [InlineData("\"\\ud83d\\ude00\"")]
    [InlineData("\"\\\\ud800\"")]
    [InlineData("1")]
    [InlineData("-12.5e3")]
    [InlineData("123456789012345678901234567890")]
    public async Task PairedSurrogatesAndNumbers_AreText(string value) =>
        Assert.Equal(401, (await Client.PostAsync("/api/token/", $$"""{"username":{{value}},"password":{{value}}}""")).Status);

    [Fact]
    public async Task NumberAsPassword_IsComparedAsItsText()
    {
        var name = await App.AddUserAsync("7302918465");
        (await Client.PostAsync("/api/token/", $$"""{"username":"{{name}}","password":7302918465}""")).Succeeded();
    }

    [Theory]
    [InlineData("[]", "Invalid data. Expected a dictionary, but got list.")]
    [InlineData("\"text\"", "Invalid data. Expected a dictionary, but got str.")]
    [InlineData("1", "Invalid data. Expected a dictionary, but got int.")]
    [InlineData("1.5", "Invalid data. Expected a dictionary, but got float.")]
    [InlineData("true", "Invalid data. Expected a dictionary, but got bool.")]
    [InlineData("null", "No data provided")]
    public async Task BodyThatIsNoObject_SaysWhatItIs(string body, string message) =>
        AssertBadRequest(await Client.PostAsync("/api/token/", body), $$"""{"non_field_errors":["{{message}}"]}""");

    [Theory]
    [InlineData("{")]
    [InlineData("{'username':'alice'}")]
    [InlineData("{\"username\":\"alice\",}")]
    [InlineData("{\"username\":\"alice\"} trailing")]
    [InlineData("// comment\n{}")]
    [InlineData("   ")]
    [InlineData("{\"username\":\"a\",\"username\":\"b\"}")]
    [InlineData("{\"username\":\"a\",\"\\u0075sername\":\"b\"}")]
    public async Task MalformedJson_IsAParseError(string body)
    {
        var answer = await Client.PostAsync("/api/token/", body);
        Assert.Equal(400, answer.Status);
        Assert.StartsWith("{\"detail\":\"JSON parse error - ", answer.Body, StringComparison.Ordinal);
        Assert.Null(answer.Header("WWW-Authenticate"));
    }

    // The framework's form reader refuses it before the field is seen.
    [Fact]
    public async Task FormField_MayNotHoldNul() => AssertBadRequest(
        await Client.PostAsync("/api/token/", "username=a%00&password=b", "application/x-www-form-urlencoded"),
        """{"detail":"Form parse error - the body is not what its Content-Type says"}""");

    private static void AssertBadRequest(Reply answer, string body)
    {
        answer.Is(400, body);
        Assert.Null(answer.Header("WWW-Authenticate"));
        Assert.Equal("application/json", answer.Header("Content-Type"));
    }
}
