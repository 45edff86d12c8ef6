using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FrontDoor.TestKit;

/// <summary>One of our services in this process, on a real Kestrel at a port of its own.</summary>
/// <typeparam name="TMarker">The service's marker type.</typeparam>
public abstract class RunningApp<TMarker> : WebApplicationFactory<TMarker>
    where TMarker : class
{
    private readonly IReadOnlyDictionary<string, string?> _settings;
    private readonly TimeProvider? _time;
    private readonly Action<IServiceCollection>? _services;
    private readonly LastToGo _end = new();

    protected RunningApp(IReadOnlyDictionary<string, string?> settings, TimeProvider? time, Action<IServiceCollection>? services = null)
    {
        _settings = settings;
        _time = time;
        _services = services;
        UseKestrel();
    }

    /// <summary>What the service logged.</summary>
    public LogLines Logs { get; } = new();

    /// <summary>All addresses that the service listens on.</summary>
    protected IReadOnlyList<Uri> Addresses =>
        [.. Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a))];

    /// <summary>Returns when all its services are disposed of, and have sent what they had to send.</summary>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        // The service's own RunAsync disposes of them, too, on another thread; whoever comes second returns at once.
        await _end.Gone.WaitAsync(Until.Patience);
        GC.SuppressFinalize(this);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        foreach (var (key, value) in _settings) builder.UseSetting(key, value);
        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Logs));
        if (_time is not null) builder.ConfigureServices(services => services.Replace(ServiceDescriptor.Singleton(_time)));
        if (_services is not null) builder.ConfigureServices(_services);
        // At the head of the hosted services: made before anything that they make, so disposed of after it.
        builder.ConfigureServices(services => services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(_ => _end.Made())));
    }

    private sealed class LastToGo : IHostedService, IDisposable
    {
        private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _isMade;

        /// <summary>That it was disposed of; or never made, when the service did not start.</summary>
        public Task Gone => _isMade ? _gone.Task : Task.CompletedTask;

        public LastToGo Made()
        {
            _isMade = true;
            return this;
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => _gone.TrySetResult();
    }
}
