using FrontDoor.TestKit;
using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.Revocations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FrontDoor.TokenService.Tests.Keys;

public sealed class RevokedAtStartTests
{
    /// <summary>A key is revoked just after this node has read its keys: it hears of it like of any other, not at the next poll.</summary>
    [Fact]
    public async Task KeyRevokedWhileTheServiceStarts_IsOutOfTheRingAtOnce()
    {
        await using var app = TokenServiceApp.Start(new Dictionary<string, string?> { ["Keys:PollInterval"] = "00:01:00" });
        var ring = new KeyRing(app.Services.GetRequiredService<TimeProvider>());
        var kid = app.Services.GetRequiredService<KeyRing>().Current.Key.KeyId;
        using var starting = ActivatorUtilities.CreateInstance<KeyRotation>(app.Services, ring, new WhenLoaded(() => Revoke(app, kid)));

        await starting.StartAsync(TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => ring.Find(kid) is null, "the revoked key is out of the ring", TimeSpan.FromSeconds(20));
        Assert.NotEqual(kid, ring.Current.Key.KeyId);
        await starting.StopAsync(TestContext.Current.CancellationToken);
    }

    private static void Revoke(TokenServiceApp app, string kid)
    {
        using var scope = app.Services.CreateScope();
        Assert.True(scope.ServiceProvider.GetRequiredService<KeyRevocation>().RevokeAsync(kid, CancellationToken.None).GetAwaiter().GetResult());
        Assert.True(app.Services.GetRequiredService<RevocationLog>().IsNewerWithinAsync(0, Until.Patience, CancellationToken.None).GetAwaiter().GetResult());
    }

    /// <summary>Acts once, when the first keys were loaded, on the thread that loads them.</summary>
    private sealed class WhenLoaded(Action act) : ILogger<KeyRotation>
    {
        private Action? _act = act;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Interlocked.Exchange(ref _act, null)?.Invoke();
    }
}
