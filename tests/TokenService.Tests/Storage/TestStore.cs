using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Revocations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FrontDoor.TokenService.Tests.Storage;

/// <summary>A token service with a clock of its own on one kind of database, for all tests of a class; it can be started again on the same data.</summary>
public abstract class TestStore : IAsyncDisposable
{
    private Dictionary<string, string?>? _database;
    private TokenServiceApp? _app;
    private TokenClient? _client;

    public FakeTimeProvider Clock { get; } = Clocks.Start();

    public TestFolder Folder { get; } = new();

    /// <summary>Further settings; those at the time of a start count.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    /// <summary>Changes to the services; those at the time of a start count.</summary>
    public Action<IServiceCollection>? Services { get; set; }

    public TokenServiceApp App => _app ?? throw new InvalidOperationException("Await StartAsync first");

    public TokenClient Client => _client!;

    /// <summary>Starts the service once.</summary>
    public async Task StartAsync()
    {
        if (_app is not null) return;
        _app = await StartAnotherAsync();
        _client = new TokenClient(_app.Address);
    }

    /// <summary>A second node on the same data; the caller disposes it.</summary>
    public async Task<TokenServiceApp> StartAnotherAsync()
    {
        var settings = new Dictionary<string, string?>(_database ??= await NewDatabaseAsync());
        settings["Revocations:FeedKeyFile"] = Folder.Write("feed-key", FeedClient.Key + "\n");
        foreach (var (key, value) in Settings) settings[key] = value;
        return TokenServiceApp.Start(settings, Folder, Clock, Services);
    }

    /// <summary>A service on a database of its own; the caller disposes it.</summary>
    public async Task<TokenServiceApp> StartApartAsync(TimeProvider? time = null, params (string Key, string Value)[] settings)
    {
        var all = await NewDatabaseAsync();
        foreach (var (key, value) in settings) all[key] = value;
        return TokenServiceApp.Start(all, time: time ?? Clock, services: Services);
    }

    /// <summary>Awaits it while time passes, a tenth of a second at a step.</summary>
    public async Task<T> TickUntilAsync<T>(Task<T> task)
    {
        await Until.TrueAsync(
            () =>
            {
                if (!task.IsCompleted) Clock.Advance(TimeSpan.FromMilliseconds(100));
                return task.IsCompleted;
            },
            "it happens while time passes");
        return await task;
    }

    /// <param name="asleep">How long it is stopped.</param>
    public async Task RestartAsync(TimeSpan asleep = default)
    {
        await StopAsync();
        Clock.Advance(asleep);
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Where a new, empty database is.</summary>
    protected abstract Task<Dictionary<string, string?>> NewDatabaseAsync();

    private async Task StopAsync()
    {
        _client?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        _app = null;
    }
}

public sealed class SqliteStore : TestStore
{
    // Beside the service's other state, in its data folder.
    protected override Task<Dictionary<string, string?>> NewDatabaseAsync() => Task.FromResult(new Dictionary<string, string?>());
}

public sealed class PostgreSqlStore(PostgreSqlServer server) : TestStore
{
    protected override async Task<Dictionary<string, string?>> NewDatabaseAsync() => new()
    {
        ["Storage:Provider"] = "PostgreSql",
        ["Storage:ConnectionString"] = await server.NewDatabaseAsync(),
    };
}
