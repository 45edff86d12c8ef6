using FrontDoor.TestKit;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace FrontDoor.TokenService.Tests.Storage;

/// <summary>Tests of what is the same on every database, one service for all of a class. A class for each database derives from them.</summary>
public abstract class StoreContract(TestStore store) : IAsyncLifetime
{
    protected TestStore Store => store;

    protected TokenServiceApp App => store.App;

    protected TokenClient Client => store.Client;

    /// <summary>Shared by the tests of a class: each signs in anew, so one that moves it does not disturb the next.</summary>
    protected FakeTimeProvider Clock => store.Clock;

    public virtual async ValueTask InitializeAsync() => await store.StartAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
