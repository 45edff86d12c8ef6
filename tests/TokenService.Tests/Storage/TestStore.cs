using FrontDoor.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace FrontDoor.TokenService.Tests.Storage;

/// <summary>A token service with a clock of its own on one kind of database, for all tests of a class; it can be started again on the same data.</summary>
public abstract class TestStore : IAsyncDisposable
{
    private TokenServiceApp? _app;
    private TokenClient? _client;

    public FakeTimeProvider Clock { get; } = Clocks.Start();

    public TestFolder Folder { get; } = new();

    public TokenServiceApp App => _app ?? throw new InvalidOperationException("Await StartAsync first");

    public TokenClient Client => _client!;

    /// <summary>Starts the service once.</summary>
    public async Task StartAsync()
    {
        if (_app is not null) return;
        _app = TokenServiceApp.Start(await SettingsAsync(), Folder, Clock);
        _client = new TokenClient(_app.Address);
    }

    /// <summary>A second node on the same data; the caller disposes it.</summary>
    public async Task<TokenServiceApp> StartAnotherAsync() => TokenServiceApp.Start(await SettingsAsync(), Folder, Clock);

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Where the database is: the same at every call.</summary>
    protected abstract Task<Dictionary<string, string?>> SettingsAsync();

    private async Task StopAsync()
    {
        _client?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        _app = null;
    }
}

public sealed class SqliteStore : TestStore
{
    protected override Task<Dictionary<string, string?>> SettingsAsync() => Task.FromResult(new Dictionary<string, string?>());
}

public sealed class PostgreSqlStore(PostgreSqlServer server) : TestStore
{
    private string? _connection;

    protected override async Task<Dictionary<string, string?>> SettingsAsync() => new()
    {
        ["Storage:Provider"] = "PostgreSql",
        ["Storage:ConnectionString"] = _connection ??= await server.NewDatabaseAsync(),
    };
}
