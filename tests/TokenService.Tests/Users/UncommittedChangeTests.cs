using System.Data.Common;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Storage;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

/// <summary>
/// A change of the user that is not committed yet, on PostgreSQL, which shows others the row as it was: a sign-in waits for it. SQLite has one writer, so there a sign-in's
/// session comes before such a change or after it.
/// </summary>
public sealed class UncommittedChangeTests(PostgreSqlServer server) : IAsyncLifetime
{
    private const string Waiting = """SELECT count(*)::int AS "Value" FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'""";

    private readonly PostgreSqlStore _store = new(server);
    private readonly HeldCommit _commit = new();

    public async ValueTask InitializeAsync()
    {
        var hasher = new FastHasher();
        _store.Services = services =>
        {
            hasher.Replace(services);
            services.ConfigureDbContext<PostgreSqlTokenDb>(db => db.AddInterceptors(_commit));
        };
        await _store.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _commit.Release();
        await _store.DisposeAsync();
    }

    [Fact]
    public Task OldPasswordBeforeItsResetIsCommitted_MakesNoSession() =>
        SignInBeforeTheCommitAsync(users => users.ResetPasswordAsync("alice", "another long password", CancellationToken.None));

    [Fact]
    public Task PasswordBeforeTheUsersEndIsCommitted_MakesNoSession() => SignInBeforeTheCommitAsync(users => users.DisableAsync("alice", CancellationToken.None));

    private async Task SignInBeforeTheCommitAsync(Func<UserAdministration, Task> change)
    {
        await using var scope = _store.App.Services.CreateAsyncScope();
        _commit.HoldNext();
        var changing = change(scope.ServiceProvider.GetRequiredService<UserAdministration>());
        await _commit.Reached.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);

        var signIn = _store.Client.ObtainAsync();
        await Until.TrueAsync(async () => signIn.IsCompleted || await WaitingAsync() > 0, "the sign-in waits for the commit");
        _commit.Release();
        await changing;

        (await signIn).Is(401, """{"detail":"No active account found with the given credentials"}""");
        Assert.Equal(0, await _store.App.QueryAsync(db => db.Sessions.CountAsync(TestContext.Current.CancellationToken)));
    }

    private Task<int> WaitingAsync() => _store.App.QueryAsync(db => db.Database.SqlQueryRaw<int>(Waiting).SingleAsync(TestContext.Current.CancellationToken));

    /// <summary>Holds up one commit.</summary>
    private sealed class HeldCommit : DbTransactionInterceptor
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _next;

        /// <summary>Everything of the transaction is done but its commit.</summary>
        public Task Reached => _reached.Task;

        public void HoldNext() => Volatile.Write(ref _next, 1);

        public void Release() => _released.TrySetResult();

        public override async ValueTask<InterceptionResult> TransactionCommittingAsync(
            DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Exchange(ref _next, 0) == 0) return result;
            _reached.SetResult();
            await _released.Task.WaitAsync(Until.Patience, cancellationToken);
            return result;
        }
    }
}
