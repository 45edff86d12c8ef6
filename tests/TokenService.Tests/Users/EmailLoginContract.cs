using System.Net.Http.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Storage;
using FrontDoor.TokenService.Tests.Administration;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class SqliteEmailLoginTests(SqliteStore store) : EmailLoginContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlEmailLoginTests(PostgreSqlStore store) : EmailLoginContract(store), IClassFixture<PostgreSqlStore>
{
    // SQLite has one writer anyway.
    [Fact]
    public async Task AddressThatIsBeingGivenMeanwhile_IsRefusedByAnImport()
    {
        var address = $"{Guid.NewGuid():N}@example.com";
        await using var first = Store.App.Services.CreateAsyncScope();
        var db = first.ServiceProvider.GetRequiredService<TokenDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await first.ServiceProvider.GetRequiredService<EmailTurns>().TakeAsync(address, TestContext.Current.CancellationToken);
        var added = await first.ServiceProvider.GetRequiredService<UserManager<User>>().CreateAsync(new User { UserName = "x" + address, Email = address }, TokenServiceApp.Password);
        Assert.True(added.Succeeded, added.ToString());

        await using var second = Store.App.Services.CreateAsyncScope();
        var import = second.ServiceProvider.GetRequiredService<UserImport>().RunAsync(
            [new DjangoUser(Guid.NewGuid().ToString("N"), address, "!", "", "", address.ToUpperInvariant(), true, false, false, [])], null, null, TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => import.IsCompleted || IsSomebodyWaiting(db), "the import waits for the other transaction");
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<AdministrationException>(() => import);
    }

    private static bool IsSomebodyWaiting(TokenDb db) => db.Database.SqlQueryRaw<int>(
        """SELECT count(*)::int AS "Value" FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())""").Single() > 0;
}

/// <summary><c>Users:LoginField</c> <c>Email</c>, the same on every database.</summary>
public abstract class EmailLoginContract(TestStore store) : IAsyncLifetime
{
    private const string Refused = """{"detail":"No active account found with the given credentials"}""";

    /// <summary>Sign-in by e-mail address; the seed users have <see cref="Rows.Email"/>.</summary>
    internal static IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Users:LoginField"] = "Email",
        ["Users:Seed:alice:Email"] = Rows.Email("alice"),
        ["Users:Seed:root:Email"] = Rows.Email("root"),
    };

    private protected TestStore Store => store;

    private TokenClient Client => store.Client;

    public async ValueTask InitializeAsync()
    {
        foreach (var (key, value) in Settings) store.Settings[key] = value;
        await store.StartAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("alice@example.com")]
    [InlineData("  Alice@Example.COM ")]
    public async Task Address_SignsInInAnyCase(string email)
    {
        var pair = await ObtainAsync(email);
        Assert.Equal("Alice Äpfel", Jwt.Claim(pair.Access, "name"));
        (await Client.RefreshAsync(pair.Refresh)).Succeeded();
    }

    [Fact]
    public async Task OneAddressForManyAtOnce_IsGivenOnce()
    {
        var admin = new AdminClient(Client, (await ObtainAsync(Rows.Email("root"))).Access);
        var address = $"{Guid.NewGuid():N}@example.com";
        var added = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => admin.PostAsync("/users", new { username = $"{i}{address}x", password = TokenServiceApp.Password, email = address })));
        Assert.Single(added, a => a.Status == 201);
        Assert.All(added.Where(a => a.Status != 201), a => a.Is(400, $$"""{"email":["Email '{{address}}' is already taken."]}"""));

        var ids = new List<string>();
        for (var i = 0; i < 4; i++) ids.Add(await store.App.IdAsync(await store.App.AddUserAsync()));
        var changed = await Task.WhenAll(ids.Select(id => admin.PatchAsync($"/users/{id}", new { email = "new-" + address })));
        Assert.Single(changed, a => a.Status == 200);
        Assert.Equal(3, changed.Count(a => a.Status == 400));
    }

    [Fact]
    public async Task Faults_NameTheFieldEmail()
    {
        (await Client.PostAsync("/api/token/", "{}")).Is(400, """{"email":["This field is required."],"password":["This field is required."]}""");
        (await Client.PostAsync("/api/token/", """{"username":"alice","password":"x"}""")).Is(400, """{"email":["This field is required."]}""");
        (await Client.PostAsync("/api/token/", """{"email":" ","password":"x"}""")).Is(400, """{"email":["This field may not be blank."]}""");
    }

    [Theory]
    [InlineData("alice")] // the user name is not the address
    [InlineData("nobody@example.com")]
    [InlineData("alice@example.com.")]
    [InlineData("alice@example.com\u202e")]
    [InlineData("' OR 1=1 --")]
    public async Task OtherText_IsRefusedLikeAWrongPassword(string email)
    {
        (await ObtainAsync(email)).Is(401, Refused);
        (await ObtainAsync("alice@example.com", "wrong")).Is(401, Refused);
    }

    [Fact]
    public async Task InactiveUser_IsRefusedLikeAWrongPassword()
    {
        var name = await store.App.AddUserAsync();
        (await ObtainAsync(Rows.Email(name))).Succeeded();
        await store.App.DisableAsync(name);
        (await ObtainAsync(Rows.Email(name))).Is(401, Refused);
    }

    [Fact]
    public async Task LockedUser_IsRefusedLikeAWrongPassword()
    {
        var name = await store.App.AddUserAsync();
        DateTimeOffset? end = store.Clock.GetUtcNow().AddHours(1);
        await store.App.QueryAsync(db => db.Users.Where(u => u.UserName == name).ExecuteUpdateAsync(set => set.SetProperty(u => u.LockoutEnd, end)));
        (await ObtainAsync(Rows.Email(name))).Is(401, Refused);
    }

    [Fact]
    public async Task Guessing_IsCountedForTheAddressWhateverItsCase()
    {
        var email = Rows.Email(await store.App.AddUserAsync());
        for (var i = 0; i < 10; i++) (await ObtainAsync(i % 2 == 0 ? email : email.ToUpperInvariant(), "wrong")).Is(401, Refused);
        Assert.Equal(429, (await ObtainAsync(email)).Status);
    }

    [Fact]
    public async Task UserAddedWithoutAddress_SignsInWithTheNameThatMustBeOne()
    {
        await AdministerAsync(users => users.AddAsync("carol@example.com", TokenServiceApp.Password, null, null, [], CancellationToken.None));
        (await ObtainAsync("carol@example.com")).Succeeded();
        Assert.Equal("Email 'dave' is invalid.", (await RefusalAsync(users => users.AddAsync("dave", TokenServiceApp.Password, null, null, [], CancellationToken.None))).Message);
        Assert.Equal("carol@example.com", (await AdministerAsync(users => users.FindAsync("CAROL@example.com"))).UserName);
    }

    [Fact]
    public async Task AddressOfAnother_IsRefused()
    {
        var fault = await RefusalAsync(users => users.AddAsync("eve", TokenServiceApp.Password, "ALICE@example.com", null, [], CancellationToken.None));
        Assert.Equal("Email 'ALICE@example.com' is already taken.", fault.Message);
        await using var scope = store.App.Services.CreateAsyncScope();
        var fields = scope.ServiceProvider.GetRequiredService<UserFields>();
        await Assert.ThrowsAsync<AdministrationException>(() => fields.SetAsync("root", new("alice@example.com"), CancellationToken.None));
        (await ObtainAsync("alice@example.com")).Succeeded();
    }

    // The check and the insert are two statements, so two nodes can still make such a pair.
    [Fact]
    public async Task TwoUsersOfOneAddress_NeitherGetsIn_AndTheNextStartNamesThem()
    {
        var (one, two) = (await store.App.AddUserAsync(), await store.App.AddUserAsync());
        var address = Rows.Email(one).ToUpperInvariant();
        await store.App.QueryAsync(db => db.Users.Where(u => u.UserName == two).ExecuteUpdateAsync(set => set.SetProperty(u => u.NormalizedEmail, address)));
        (await ObtainAsync(Rows.Email(one))).Is(401, Refused);

        var fault = await Assert.ThrowsAsync<AdministrationException>(CheckAtStartAsync);
        Assert.Equal(
            $"Users:LoginField is Email, but these users have no e-mail address of their own: {string.Join(", ", new[] { one, two }.Order())}. Give each one: users set <user> --email <address>",
            fault.Message);
        await store.App.QueryAsync(db => db.Users.Where(u => u.UserName == two).ExecuteDeleteAsync());
        (await ObtainAsync(Rows.Email(one))).Succeeded();
    }

    [Fact]
    public async Task UserWithoutAddress_RefusesTheStart()
    {
        var name = await store.App.AddUserAsync();
        await store.App.QueryAsync(db => db.Users.Where(u => u.UserName == name).ExecuteUpdateAsync(
            set => set.SetProperty(u => u.Email, (string?)null).SetProperty(u => u.NormalizedEmail, (string?)null)));
        Assert.Contains($": {name}. ", (await Assert.ThrowsAsync<AdministrationException>(CheckAtStartAsync)).Message, StringComparison.Ordinal);
        await store.App.QueryAsync(db => db.Users.Where(u => u.UserName == name).ExecuteDeleteAsync());
        await CheckAtStartAsync();
    }

    private Task CheckAtStartAsync() => store.App.Services.GetRequiredService<RequireEmails>().StartAsync(TestContext.Current.CancellationToken);

    private Task<Reply> ObtainAsync(string email, string password = TokenServiceApp.Password) =>
        Client.PostAsync("/api/token/", JsonContent.Create(new { email, password }));

    private Task<AdministrationException> RefusalAsync(Func<UserAdministration, Task<User>> act) =>
        Assert.ThrowsAsync<AdministrationException>(() => AdministerAsync(act));

    private async Task<User> AdministerAsync(Func<UserAdministration, Task<User>> act)
    {
        await using var scope = store.App.Services.CreateAsyncScope();
        return await act(scope.ServiceProvider.GetRequiredService<UserAdministration>());
    }
}
