using FrontDoor.TestKit;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class PasswordLoginTests
{
    private const string Refused = """{"detail":"No active account found with the given credentials"}""";

    [Fact]
    public async Task TrimPasswords_AcceptsOuterSpaceAsSimplejwtDoes()
    {
        await using var app = TokenServiceApp.Start(new Dictionary<string, string?> { ["Users:TrimPasswords"] = "true" });
        using var client = new TokenClient(app.Address);
        (await client.ObtainAsync(" alice ", $" \t{TokenServiceApp.Password}\n")).Succeeded();
        (await client.ObtainAsync("alice", TokenServiceApp.Password.Replace(" ", "", StringComparison.Ordinal))).Is(401, Refused);
    }

    [Fact]
    public async Task HashMadeWithFewerIterations_IsRenewedEvenByManySignInsAtOnce()
    {
        using var folder = new TestFolder();
        string before;
        await using (var app = TokenServiceApp.Start(folder: folder)) before = await HashAsync(app);

        await using var stronger = TokenServiceApp.Start(new Dictionary<string, string?> { ["Users:HashIterations"] = "110000" }, folder);
        using var client = new TokenClient(stronger.Address);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.ObtainAsync())), answer => answer.Succeeded());

        var after = await HashAsync(stronger);
        Assert.NotEqual(before, after);
        (await client.ObtainAsync()).Succeeded();
        Assert.Equal(after, await HashAsync(stronger));
    }

    [Fact]
    public async Task SeedUser_IsMadeOnceAndThenLeftAlone()
    {
        using var folder = new TestFolder();
        string before;
        await using (var app = TokenServiceApp.Start(folder: folder)) before = await HashAsync(app);
        await using var again = TokenServiceApp.Start(new Dictionary<string, string?>
        {
            ["Users:Seed:alice:PasswordFile"] = folder.Write("other", "another password"),
            ["Users:Seed:alice:Roles:0"] = "admin",
        }, folder);
        using var client = new TokenClient(again.Address);

        Assert.Equal(before, await HashAsync(again));
        (await client.ObtainAsync("alice", "another password")).Is(401, Refused);
        Assert.Equal("[]", Jwt.Claim((await client.ObtainAsync()).Access, "roles"));
    }

    [Fact]
    public async Task RehashingDoesNotEndSessions()
    {
        using var folder = new TestFolder();
        Reply pair;
        await using (var app = TokenServiceApp.Start(folder: folder))
        {
            using var client = new TokenClient(app.Address);
            pair = await client.ObtainAsync();
        }

        await using var stronger = TokenServiceApp.Start(new Dictionary<string, string?> { ["Users:HashIterations"] = "110000" }, folder);
        using var again = new TokenClient(stronger.Address);
        (await again.ObtainAsync()).Succeeded();
        (await again.RefreshAsync(pair.Refresh)).Succeeded();
    }

    private static Task<string> HashAsync(TokenServiceApp app) => app.QueryAsync(db => db.Users.Where(u => u.UserName == "alice").Select(u => u.PasswordHash!).SingleAsync());
}
