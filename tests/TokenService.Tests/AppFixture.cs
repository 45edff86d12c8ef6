using FrontDoor.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace FrontDoor.TokenService.Tests;

/// <summary>One token service, shipped configuration, real clock, for all tests of a class.</summary>
public class AppFixture : IAsyncDisposable
{
    public AppFixture()
        : this(null)
    {
    }

    protected AppFixture(IReadOnlyDictionary<string, string?>? settings, TimeProvider? time = null)
    {
        App = TokenServiceApp.Start(settings, time: time);
        Client = new TokenClient(App.Address);
    }

    public TokenServiceApp App { get; }

    public TokenClient Client { get; }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>The same with a clock that only tests move. Each test of a class signs in anew, so one moving it does not disturb the next.</summary>
public sealed class ClockedAppFixture : AppFixture
{
    public ClockedAppFixture()
        : this(Clocks.Start())
    {
    }

    private ClockedAppFixture(FakeTimeProvider clock)
        : base(null, clock) => Clock = clock;

    public FakeTimeProvider Clock { get; }
}

internal static class Clocks
{
    /// <summary>A clock at a whole second.</summary>
    public static FakeTimeProvider Start() => new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
}
