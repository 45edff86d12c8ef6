using System.Net.Http.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

/// <summary>What an import takes and refuses. That it works on every database: <see cref="DjangoImportContract"/>.</summary>
public sealed class DjangoImportTests
{
    internal const string Dump = $$$"""
        [
          {"model": "auth.group", "pk": 3, "fields": {"name": "editors", "permissions": []}},
          {"model": "auth.user", "pk": 17, "fields": {"password": "{{{DjangoHashTests.OfPassword}}}", "last_login": null, "is_superuser": true, "username": "grace",
            "first_name": "Grace", "last_name": "Hopper", "email": "grace@example.com", "is_staff": true, "is_active": true, "groups": [3], "user_permissions": []}},
          {"model": "auth.user", "pk": 18, "fields": {"password": "!", "is_superuser": false, "username": "robot", "first_name": "", "last_name": "", "email": "",
            "is_staff": false, "is_active": true, "groups": [], "user_permissions": []}},
          {"model": "auth.user", "pk": 19, "fields": {"password": "{{{DjangoHashTests.OfPassword}}}", "is_superuser": false, "username": "gone", "first_name": "", "last_name": "",
            "email": "", "is_staff": false, "is_active": false, "groups": [["editors"]], "user_permissions": []}},
          {"model": "auth.user", "pk": 20, "fields": {"password": "{{{DjangoHashTests.Argon2}}}", "is_superuser": false, "username": "argon", "first_name": "", "last_name": "",
            "email": "", "is_staff": false, "is_active": true, "groups": [], "user_permissions": []}},
          {"model": "auth.user", "pk": 21, "fields": {"password": "{{{DjangoHashTests.BcryptSha256}}}", "is_superuser": false, "username": "bert", "first_name": "", "last_name": "",
            "email": "", "is_staff": false, "is_active": true, "groups": [], "user_permissions": []}},
          {"model": "auth.user", "pk": 22, "fields": {"password": "md5$wf3A3XrKjX75yU5dTeAr4b$ab68ccbf08646a6e1ce10003f1d0615a", "is_superuser": false, "username": "old",
            "first_name": "", "last_name": "", "email": "", "is_staff": false, "is_active": true, "groups": [], "user_permissions": []}}
        ]
        """;

    [Fact]
    public async Task GroupWithAControlCharacter_IsNoRole()
    {
        using var folder = new TestFolder();
        await using var app = TokenServiceApp.Start();
        var file = folder.Write("dump.json", Dump.Replace("[[\"editors\"]]", "[[\"editors\\u001fadmin\"]]", StringComparison.Ordinal));
        await Assert.ThrowsAsync<AdministrationException>(() => ImportAsync(app, file));
        Assert.Equal(2, await app.QueryAsync(db => db.Users.CountAsync()));
    }

    [Theory]
    [InlineData("argon")]
    [InlineData("bert")]
    public async Task HashOfAnotherAlgorithm_IsRenewedAtTheFirstSignIn(string name)
    {
        using var folder = new TestFolder();
        await using var app = TokenServiceApp.Start();
        using var client = new TokenClient(app.Address);
        await ImportAsync(app, folder.Write("dump.json", Dump));

        Assert.Equal(401, (await client.ObtainAsync(name, "wrong")).Status);
        (await client.ObtainAsync(name, DjangoHashTests.Password)).Succeeded();
        Assert.DoesNotContain("$", await app.QueryAsync(db => db.Users.Where(u => u.UserName == name).Select(u => u.PasswordHash!).SingleAsync()), StringComparison.Ordinal);
        (await client.ObtainAsync(name, DjangoHashTests.Password)).Succeeded();
    }

    [Fact]
    public async Task WhereUsersSignInByEmail_EachNeedsAnAddressOfItsOwn()
    {
        using var folder = new TestFolder();
        await using var app = TokenServiceApp.Start(EmailLoginContract.Settings);
        var fault = await Assert.ThrowsAsync<AdministrationException>(() => ImportAsync(app, folder.Write("dump.json", Dump)));
        Assert.Equal("Users:LoginField is Email, but 'robot' has no e-mail address or another user's; nothing was imported", fault.Message);
        Assert.Equal(2, await app.QueryAsync(db => db.Users.CountAsync()));
    }

    [Fact]
    public async Task ModelOfItsOwnWithoutUserName_IsNamedByTheAddress()
    {
        using var folder = new TestFolder();
        await using var app = TokenServiceApp.Start(EmailLoginContract.Settings);
        using var client = new TokenClient(app.Address);
        var file = folder.Write("dump.json", $$$"""
            [{"model": "accounts.member", "pk": "7f8e", "fields": {"password": "{{{DjangoHashTests.OfPassword}}}", "is_superuser": false, "email": "Ann@example.com",
              "is_staff": false, "is_active": true, "groups": []}}]
            """);
        AssertResult(await ImportAsync(app, file), 0, 0);
        AssertResult(await ImportAsync(app, file, "accounts.Member"), 1, 0);
        var pair = await client.PostAsync("/api/token/", JsonContent.Create(new { email = "ann@example.com", password = DjangoHashTests.Password }));
        Assert.Equal(("7f8e", "Ann@example.com"), (Jwt.Claim(pair.Access, "user_id"), Jwt.Claim(pair.Access, "name")));
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

        AssertResult(await ImportAsync(app, file), 0, 6);
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

    internal static void AssertResult(ImportResult result, int added, int existing, params (string Format, int Count)[] withoutPassword)
    {
        Assert.Equal((added, existing), (result.Added, result.Existing));
        Assert.Equal(withoutPassword, result.WithoutPassword.Select(f => (f.Key, f.Value)));
    }

    internal static async Task<ImportResult> ImportAsync(TokenServiceApp app, string file, string model = DjangoUsers.DefaultModel)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<UserImport>().RunAsync(DjangoUsers.Read(file, model), null, "ops", TestContext.Current.CancellationToken);
    }
}
