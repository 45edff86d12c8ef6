using FrontDoor.TestKit;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class DjangoImportTests
{
    private const string Dump = $$$"""
        [
          {"model": "auth.group", "pk": 3, "fields": {"name": "editors", "permissions": []}},
          {"model": "auth.user", "pk": 17, "fields": {"password": "{{{DjangoHashTests.OfPassword}}}", "last_login": null, "is_superuser": true, "username": "grace",
            "first_name": "Grace", "last_name": "Hopper", "email": "grace@example.com", "is_staff": true, "is_active": true, "groups": [3], "user_permissions": []}},
          {"model": "auth.user", "pk": 18, "fields": {"password": "!", "is_superuser": false, "username": "robot", "first_name": "", "last_name": "", "email": "",
            "is_staff": false, "is_active": true, "groups": [], "user_permissions": []}},
          {"model": "auth.user", "pk": 19, "fields": {"password": "{{{DjangoHashTests.OfPassword}}}", "is_superuser": false, "username": "gone", "first_name": "", "last_name": "",
            "email": "", "is_staff": false, "is_active": false, "groups": [["editors"]], "user_permissions": []}}
        ]
        """;

    [Fact]
    public async Task ImportedUser_SignsInWithDjangosPasswordUnderTheOldId_AndTheHashIsRenewed()
    {
        using var folder = new TestFolder();
        await using var app = TokenServiceApp.Start();
        using var client = new TokenClient(app.Address);
        var file = folder.Write("dump.json", Dump);

        Assert.Equal(new ImportResult(3, 0, 1), await ImportAsync(app, file));
        var access = (await client.ObtainAsync("grace", DjangoHashTests.Password)).Access;
        Assert.Equal("17", Jwt.Claim(access, "user_id"));
        Assert.Equal("Grace Hopper", Jwt.Claim(access, "name"));
        Assert.Equal("""["editors","ops"]""", Jwt.Claim(access, "roles"));

        Assert.DoesNotContain("pbkdf2_sha256", await app.QueryAsync(db => db.Users.Where(u => u.Id == "17").Select(u => u.PasswordHash!).SingleAsync()), StringComparison.Ordinal);
        (await client.ObtainAsync("grace", DjangoHashTests.Password)).Succeeded();
        Assert.Equal(401, (await client.ObtainAsync("grace", "another password")).Status);
        Assert.Equal(401, (await client.ObtainAsync("gone", DjangoHashTests.Password)).Status);
        Assert.Equal(401, (await client.ObtainAsync("robot", "!")).Status);
    }

    [Fact]
    public async Task ImportRunAgain_ChangesNothing()
    {
        using var folder = new TestFolder();
        await using var app = TokenServiceApp.Start();
        using var client = new TokenClient(app.Address);
        var file = folder.Write("dump.json", Dump);
        await ImportAsync(app, file);
        (await client.ObtainAsync("grace", DjangoHashTests.Password)).Succeeded();

        Assert.Equal(new ImportResult(0, 3, 0), await ImportAsync(app, file));
        (await client.ObtainAsync("grace", DjangoHashTests.Password)).Succeeded();
    }

    [Theory]
    [InlineData("t", "f")]
    [InlineData("1", "0")]
    [InlineData("True", "False")]
    public void Csv_IsReadByItsHeaderWithQuotesAndAnyTruthWords(string yes, string no)
    {
        using var folder = new TestFolder();
        var users = DjangoUsers.Read(folder.Write("users.csv", $"""
            id,password,last_login,is_superuser,username,first_name,last_name,email,is_staff,is_active,date_joined
            5,{DjangoHashTests.OfPassword},,{no},"o'brien, pat",Pat,"O""Brien",pat@example.com,{no},{yes},2020-01-01
            """));
        var user = Assert.Single(users);
        Assert.Equal(("5", "o'brien, pat", "O\"Brien", true, false), (user.Id, user.UserName, user.LastName, user.IsActive, user.IsSuperuser));
    }

    [Theory]
    [InlineData("dump.json", "{}")]
    [InlineData("dump.json", "[{\"pk\":1}]")]
    [InlineData("dump.json", "[{\"model\":\"auth.user\",\"pk\":1,\"fields\":{}}]")]
    [InlineData("dump.json", "[{\"model\":\"auth.user\",\"pk\":1,\"fields\":{\"username\":\"a\",\"password\":\"!\",\"is_active\":true,\"is_staff\":false,\"is_superuser\":false,\"groups\":[9]}}]")]
    [InlineData("dump.json", "not json")]
    [InlineData("users.csv", "id,username\n1")]
    [InlineData("users.csv", "")]
    [InlineData("users.csv", "id,password,username,is_active,is_staff,is_superuser\n1,!,a,maybe,f,f")]
    public void OtherFiles_AreRefusedWithTheirName(string name, string content)
    {
        using var folder = new TestFolder();
        var fault = Assert.Throws<AdministrationException>(() => DjangoUsers.Read(folder.Write(name, content)));
        Assert.Contains(name, fault.Message, StringComparison.Ordinal);
    }

    private static async Task<ImportResult> ImportAsync(TokenServiceApp app, string file)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<UserImport>().RunAsync(DjangoUsers.Read(file), null, "ops", TestContext.Current.CancellationToken);
    }
}
