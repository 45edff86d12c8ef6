using System.Net.Http.Headers;
using System.Net.Http.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Audit;

public sealed class SqliteAuditTests(SqliteStore store) : AuditContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlAuditTests(PostgreSqlStore store) : AuditContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>What becomes a row of the audit log, the same on every database.</summary>
public abstract class AuditContract(TestStore store) : IAsyncLifetime
{
    private string _name = "";
    private string _id = "";

    private TokenClient Client => store.Client;

    public async ValueTask InitializeAsync()
    {
        store.Settings["Users:Lockout:Failures"] = "5";
        store.Settings["Users:Throttle:FailuresPerAccount"] = "7";
        store.Settings["Users:Throttle:FailuresPerAddress"] = "100000";
        store.Services = new FastHasher().Replace;
        await store.StartAsync();
        _name = await store.App.AddUserAsync();
        _id = await store.App.IdAsync(_name);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task SignInAndSignOut_AreTheUsers()
    {
        var sid = Jwt.Claim((await Client.ObtainAsync(_name)).Access, "sid");
        var started = Assert.Single(await store.App.AuditAsync(e => e.Actor == _id));
        Assert.Equal(
            ("session.started", "success", sid, "127.0.0.1", store.Clock.GetUtcNow().ToUnixTimeMilliseconds()),
            (started.Event, started.Outcome, started.Subject, started.Address, started.At));

        var pair = await Client.ObtainAsync(_name);
        (await Client.BlacklistAsync(pair.Refresh)).Succeeded();
        Assert.Equal([("session.ended", "SignedOut", _id)], await OfAsync(Jwt.Claim(pair.Access, "sid"), skip: 1));
    }

    [Fact]
    public async Task Refresh_IsNoRow_AndReuseIsOne()
    {
        var first = await Client.ObtainAsync(_name);
        var sid = Jwt.Claim(first.Access, "sid");
        var before = await OwnAsync();
        var second = (await Client.RefreshAsync(first.Refresh)).Succeeded();
        (await Client.RefreshAsync(first.Refresh)).Succeeded(); // grace
        store.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(before, await OwnAsync());

        Assert.Equal(401, (await Client.RefreshAsync(first.Refresh)).Status);
        Assert.Equal(401, (await Client.RefreshAsync(second.Refresh)).Status);
        // Who it was is not known: a stolen token names its owner.
        Assert.Equal([("session.ended", "ReuseDetected", null)], await OfAsync(sid, skip: 1));
    }

    [Fact]
    public async Task OwnSessionsEnded_AreOneRowEach()
    {
        var (mine, other) = (await Client.ObtainAsync(_name), await Client.ObtainAsync(_name));
        (await Client.SendAsync(HttpMethod.Delete, "/api/sessions", mine.Access)).Succeeded();
        Assert.Equal([("session.ended", "SignedOut", _id)], await OfAsync(Jwt.Claim(mine.Access, "sid"), skip: 1));
        Assert.Equal([("session.ended", "SignedOut", _id)], await OfAsync(Jwt.Claim(other.Access, "sid"), skip: 1));
    }

    [Fact]
    public async Task WrongPasswords_EndWithOneLockRow()
    {
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Client.ObtainAsync(_name, "wrong")));
        var rows = await store.App.AuditAsync(e => e.Subject == _id);
        Assert.Equal(5, rows.Count(e => e is { Event: "login.failed", Outcome: "failure", Detail: "WrongPassword", Actor: null, Address: "127.0.0.1" }));
        Assert.Single(rows, e => e is { Event: "user.locked", Outcome: "success" });
        Assert.Equal(6, rows.Count);

        Assert.Equal(401, (await Client.ObtainAsync(_name)).Status);
        Assert.Equal([("login.failed", "Locked", null)], await OfAsync(_id, skip: 6));
    }

    [Fact]
    public async Task ThrottledRefusals_AreOneRowForAll()
    {
        var name = await store.App.AddUserAsync();
        await store.App.DisableAsync(name);
        for (var i = 0; i < 7; i++) Assert.Equal(401, (await Client.ObtainAsync(name)).Status);
        for (var i = 0; i < 5; i++) Assert.Equal(429, (await Client.ObtainAsync(name)).Status);
        var rows = await OfAsync(await store.App.IdAsync(name));
        Assert.Equal(Enumerable.Repeat(("login.failed", (string?)"Inactive", (string?)null), 7).Append(("login.failed", "Throttled", null)), rows);
    }

    // A password that was typed into the wrong field would be there for ninety days.
    [Fact]
    public async Task UnknownName_IsNotRecorded()
    {
        var typed = "typed-" + Guid.NewGuid().ToString("N");
        var last = await LastIdAsync();
        Assert.Equal(401, (await Client.ObtainAsync(typed, "a secret")).Status);
        // The service may meanwhile rotate a key: another test has moved the clock by months.
        var row = Assert.Single(await store.App.AuditAsync(e => e.Id > last && e.Event != "key.rotated"));
        Assert.Equal(("login.failed", null, null, "UnknownUser"), (row.Event, row.Actor, row.Subject, row.Detail));
        Assert.Empty(await store.App.AuditAsync(e => e.Detail!.Contains(typed) || e.Detail.Contains("a secret") || e.Subject == typed || e.Actor == typed));
    }

    [Fact]
    public async Task PasswordChange_IsRecordedWithTheSessionsItEnds()
    {
        var (mine, other) = (await Client.ObtainAsync(_name), await Client.ObtainAsync(_name));
        Assert.Equal(400, (await ChangePasswordAsync(mine, "wrong")).Status);
        (await ChangePasswordAsync(mine, TokenServiceApp.Password)).Succeeded();
        Assert.Equal([("password.changed", "WrongPassword", _id), ("password.changed", null, _id)], await OfAsync(_id));
        Assert.Equal([("session.ended", "PasswordChanged", _id)], await OfAsync(Jwt.Claim(other.Access, "sid"), skip: 1));
        Assert.Empty(await OfAsync(Jwt.Claim(mine.Access, "sid"), skip: 1));
    }

    [Fact]
    public async Task ResetThatIsRefused_LeavesNoRow()
    {
        await using var scope = store.App.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserAdministration>();
        await Assert.ThrowsAsync<AdministrationException>(() => users.ResetPasswordAsync(_name, "short", CancellationToken.None));
        Assert.Empty(await OfAsync(_id));
    }

    [Fact]
    public async Task RolledBack_IsNotRecorded()
    {
        var pair = await Client.ObtainAsync(_name);
        await using (var scope = store.App.Services.CreateAsyncScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserAdministration>();
            var user = await users.FindAsync(_name);
            await Assert.ThrowsAsync<InvalidDataException>(() => users.EndSessionsWithAsync(user, SessionEnd.UserDisabled, null, async () =>
            {
                await scope.ServiceProvider.GetRequiredService<AuditLog>().SucceededAsync(AuditEvents.UserDisabled, _id, cancellationToken: TestContext.Current.CancellationToken);
                throw new InvalidDataException();
            }, CancellationToken.None));
        }

        Assert.Empty(await OfAsync(_id));
        (await Client.RefreshAsync(pair.Refresh)).Succeeded();
    }

    [Fact]
    public async Task Append_SavesNothingElseOfTheCaller()
    {
        await using var scope = store.App.Services.CreateAsyncScope();
        var tracked = await scope.ServiceProvider.GetRequiredService<UserAdministration>().FindAsync(_name);
        tracked.DisplayName = "not to be saved";
        await scope.ServiceProvider.GetRequiredService<AuditLog>().SucceededAsync(
            AuditEvents.UserEnabled, _id, new string('x', 255) + "😀", TestContext.Current.CancellationToken);
        Assert.Null(await store.App.QueryAsync(db => db.Users.Where(u => u.Id == _id).Select(u => u.DisplayName).SingleAsync()));
        // Cut at the column's width, and not through the pair.
        Assert.Equal([("user.enabled", new string('x', 255), (string?)null)], await OfAsync(_id));
    }

    [Fact]
    public async Task OldRows_RemoveThemselves()
    {
        await Client.ObtainAsync(_name);
        store.Clock.Advance(TimeSpan.FromDays(89));
        await Client.ObtainAsync(_name);
        store.Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        await Until.TrueAsync(
            () =>
            {
                store.Clock.Advance(TimeSpan.FromSeconds(1)); // the next round is due a minute after the last
                return store.App.AuditAsync(e => e.Actor == _id).GetAwaiter().GetResult().Count == 1;
            },
            "the row of ninety days ago is gone");
    }

    private Task<Reply> ChangePasswordAsync(Reply pair, string oldPassword) => Client.PostAsync(
        "/api/password/", JsonContent.Create(new { old_password = oldPassword, new_password = "another long password" }), new AuthenticationHeaderValue("Bearer", pair.Access));

    private async Task<IReadOnlyList<(string Event, string? Detail, string? Actor)>> OfAsync(string? subject, int skip = 0) =>
        [.. (await store.App.AuditAsync(e => e.Subject == subject)).Skip(skip).Select(e => (e.Event, e.Detail, e.Actor))];

    // Not all rows: the service's own, of a key that came to sign when the clock was moved, may come in between.
    private Task<int> OwnAsync() => store.App.QueryAsync(db => db.Audit.CountAsync(e => e.Actor == _id));

    private Task<long> LastIdAsync() => store.App.QueryAsync(db => db.Audit.MaxAsync(e => e.Id));
}
