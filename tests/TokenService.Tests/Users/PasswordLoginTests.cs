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

    private static Task<string> HashAsync(TokenServiceApp app) => app.QueryAsync(db => db.Users.Where(u => u.UserName == "alice").Select(u => u.PasswordHash!).SingleAsync());
}
