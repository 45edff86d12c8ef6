using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using Xunit;

namespace FrontDoor.TokenService.Tests.Administration;

/// <summary>A service, and root, who administers it over HTTP.</summary>
public abstract class RootContract(TestStore store) : IAsyncLifetime
{
    internal AdminClient Root { get; private set; } = null!;

    protected string RootId { get; private set; } = "";

    protected TestStore Store => store;

    protected TokenClient Client => store.Client;

    public async ValueTask InitializeAsync()
    {
        store.Services = new FastHasher().Replace;
        await store.StartAsync();
        Root = await AdminClient.SignInAsync(Client);
        RootId = await store.App.IdAsync("root");
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
