using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Documentation;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.Administration;

/// <summary>Every route that is mapped under the path, whatever it will be: administrators only.</summary>
public sealed class AccessTests(AppFixture service) : IClassFixture<AppFixture>
{
    private const string Forbidden = """{"detail":"You do not have permission to perform this action."}""";


    [Fact]
    public void RoutesAreFound() => Assert.True(Routes().Count >= 18);

    [Fact]
    public Task Anonymous_Is401() => EachAsync(access: null, 401, """{"detail":"Authentication credentials were not provided."}""");

    [Fact]
    public async Task UserWithoutTheRole_Is403() => await EachAsync((await service.Client.ObtainAsync()).Access, 403, Forbidden);

    [Fact]
    public async Task RefreshTokenOfAnAdministrator_Is401() => await EachAsync((await service.Client.ObtainAsync("root")).Refresh, 401, Reply.AccessTokenNotValid("Token has wrong type"));

    [Fact]
    public Task Junk_Is401() => EachAsync("a.b.c", 401, Reply.AccessTokenNotValid("Token is invalid"));

    [Fact]
    public async Task RoleLostSinceTheTokenWasIssued_Is403()
    {
        var name = await service.App.AddUserAsync();
        await service.App.GiveRoleAsync(name, "admin");
        var pair = await service.Client.ObtainAsync(name);
        Assert.Equal("""["admin"]""", Jwt.Claim(pair.Access, "roles"));
        (await new AdminClient(service.Client, pair.Access).GetAsync("/keys")).Succeeded();

        await service.App.QueryAsync(db => db.UserRoles.Where(given => db.Users.Any(u => u.Id == given.UserId && u.UserName == name)).ExecuteDeleteAsync());
        await EachAsync(pair.Access, 403, Forbidden);
    }

    [Fact]
    public async Task RoleGivenSinceTheTokenWasIssued_Counts()
    {
        var name = await service.App.AddUserAsync();
        var pair = await service.Client.ObtainAsync(name);
        await service.App.GiveRoleAsync(name, "admin");
        (await new AdminClient(service.Client, pair.Access).GetAsync("/keys")).Succeeded();
    }

    [Theory]
    [InlineData("orders:read")]
    [InlineData("")]
    public async Task SessionThatAskedForScopes_Is403(string scopes)
    {
        var access = (await service.Client.ObtainAsync("root")).Access;
        var sid = Jwt.Claim(access, "sid");
        Assert.Equal(1, await service.App.QueryAsync(db => db.Sessions.Where(s => s.Id == sid).ExecuteUpdateAsync(set => set.SetProperty(s => s.Scopes, scopes))));
        await EachAsync(access, 403, Forbidden);
    }

    [Fact]
    public async Task TokenThatARefreshNarrowed_Is403_TheNextOneIsNot()
    {
        var pair = await service.Client.RefreshScopedAsync((await service.Client.ObtainAsync("root")).Refresh, "orders:read");
        await EachAsync(pair.Access, 403, Forbidden);
        (await new AdminClient(service.Client, (await service.Client.RefreshAsync(pair.Refresh)).Access).GetAsync("/keys")).Succeeded();
    }

    [Fact]
    public async Task EndedSession_Is401()
    {
        var pair = await service.Client.ObtainAsync("root");
        await service.Client.BlacklistAsync(pair.Refresh);
        await EachAsync(pair.Access, 401, Reply.AccessTokenNotValid("Token is blacklisted"));
    }

    [Fact]
    public async Task DisabledAdministrator_Is401()
    {
        var name = await service.App.AddUserAsync();
        await service.App.GiveRoleAsync(name, "admin");
        var pair = await service.Client.ObtainAsync(name);
        await service.App.DisableAsync(name);
        await EachAsync(pair.Access, 401, """{"detail":"User is inactive","code":"user_inactive"}""");
    }

    [Fact]
    public async Task OtherRoleIsConfigured_AdminIsNoAdministrator()
    {
        await using var app = TokenServiceApp.Start(new Dictionary<string, string?> { ["Administration:Role"] = "Admin" });
        using var client = new TokenClient(app.Address);
        (await (await AdminClient.SignInAsync(client)).GetAsync("/users")).Is(403, Forbidden);
    }

    [Fact]
    public async Task OtherMethodAndOtherPath_AreAnsweredLikeEverythingElse()
    {
        var admin = await AdminClient.SignInAsync(service.Client);
        var answer = await admin.DeleteAsync("/users");
        answer.Is(405, """{"detail":"Method \"DELETE\" not allowed."}""");
        Assert.Equal("GET, POST", answer.Header("Allow"));
        (await admin.GetAsync("/nothing")).Is(404, """{"detail":"Not found."}""");
    }

    private async Task EachAsync(string? access, int status, string body)
    {
        var client = new AdminClient(service.Client, access);
        foreach (var (method, path) in Routes())
        {
            // Bodies and parameters that would be faults, to see that who asks comes first.
            var answer = await client.SendAsync(new HttpMethod(method), path[AdminClient.Path.Length..].Replace("{id}", "x").Replace("{kid}", "x") + "?limit=x", method == "GET" ? null : "text");
            Assert.True((status, body) == (answer.Status, answer.Body), $"{method} {path}: {answer}");
            Assert.Equal("no-store", answer.Header("Cache-Control"));
            if (status == 401) Assert.StartsWith("Bearer", answer.Header("WWW-Authenticate"), StringComparison.Ordinal);
        }
    }

    private IReadOnlyList<(string Method, string Path)> Routes() =>
        [.. service.App.Routes().Where(r => r.Path.StartsWith(AdminClient.Path, StringComparison.Ordinal)).SelectMany(r => r.Methods, (route, method) => (method, route.Path))];
}
