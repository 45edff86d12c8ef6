using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
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

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        foreach (var (key, value) in _settings) builder.UseSetting(key, value);
        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Logs));
        if (_time is not null) builder.ConfigureServices(services => services.Replace(ServiceDescriptor.Singleton(_time)));
        if (_services is not null) builder.ConfigureServices(_services);
    }
}
