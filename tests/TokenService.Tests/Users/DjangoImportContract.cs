using FrontDoor.TokenService.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static FrontDoor.TokenService.Tests.Users.DjangoImportTests;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class SqliteDjangoImportTests() : DjangoImportContract(new SqliteStore());

public sealed class PostgreSqlDjangoImportTests(PostgreSqlServer server) : DjangoImportContract(new PostgreSqlStore(server));

/// <summary>Users of a Django site move in, the same on every database.</summary>
public abstract class DjangoImportContract(TestStore store) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await store.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task ImportedUser_SignsInWithDjangosPasswordUnderTheOldId_AndTheHashIsRenewed()
    {
        var (app, client) = (store.App, store.Client);
        AssertResult(await ImportAsync(app, store.Folder.Write("dump.json", Dump)), 6, 0, ("md5", 1), ("unusable", 1));
        var access = (await client.ObtainAsync("grace", DjangoHashTests.Password)).Access;
        Assert.Equal("17", Jwt.Claim(access, "user_id"));
        Assert.Equal("Grace Hopper", Jwt.Claim(access, "name"));
        Assert.Equal("""["editors","ops"]""", Jwt.Claim(access, "roles"));

        Assert.DoesNotContain("pbkdf2_sha256", await app.QueryAsync(db => db.Users.Where(u => u.Id == "17").Select(u => u.PasswordHash!).SingleAsync()), StringComparison.Ordinal);
        (await client.ObtainAsync("grace", DjangoHashTests.Password)).Succeeded();
        Assert.Equal(401, (await client.ObtainAsync("grace", "another password")).Status);
        Assert.Equal(401, (await client.ObtainAsync("gone", DjangoHashTests.Password)).Status);
        Assert.Equal(401, (await client.ObtainAsync("robot", "!")).Status);
        Assert.Equal(401, (await client.ObtainAsync("old", DjangoHashTests.Password)).Status);
    }
}
