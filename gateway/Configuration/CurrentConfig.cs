using FrontDoor.Gateway.Commands;
using Microsoft.Extensions.Primitives;

namespace FrontDoor.Gateway.Configuration;

/// <summary>The configuration that holds now. Replaced as a whole, and only by one without faults.</summary>
internal sealed class CurrentConfig
{
    private readonly Lock _publishing = new();
    private readonly List<Action<GatewayConfig, GatewayConfig?>> _derived = [];
    private readonly AcceptedSettings _accepted = new();
    private volatile GatewayConfig _value;
    private ConfigurationReloadToken _changed = new();

    /// <exception cref="StartupFaultException">The configuration has faults; the gateway does not start.</exception>
    public CurrentConfig(ConfigReader reader)
    {
        var (config, faults) = reader.Read();
        _value = config is null ? throw new StartupFaultException([.. faults]) : config with { Generation = 1 };
        _accepted.Take(config.Text);
        Settings = new ConfigurationRoot([_accepted]);
    }

    /// <summary>The newest configuration. A request that has an endpoint asks <see cref="For"/> instead.</summary>
    public GatewayConfig Value => _value;

    /// <summary>
    /// The settings as they were last taken, for what the framework reads itself: Kestrel's listeners, allowed hosts. The host's own
    /// configuration also shows faulty settings, and none while its file is away.
    /// </summary>
    public IConfigurationRoot Settings { get; }

    /// <summary>The configuration that this request's endpoint was made from: its route and its policies come from one moment.</summary>
    public GatewayConfig For(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<GatewayConfig>() ?? _value;

    /// <summary>Signals the next configuration. Ask for it before <see cref="Value"/>, or a change in between is missed.</summary>
    public IChangeToken GetChangeToken() => Volatile.Read(ref _changed);

    /// <summary>Has something made of each configuration, before any request sees that configuration.</summary>
    /// <param name="make">Gets the configuration and what was made of the one before it, if any. If it throws, that configuration is not taken.</param>
    public Derived<T> Derive<T>(Func<GatewayConfig, T?, T> make)
        where T : class
    {
        lock (_publishing)
        {
            var derived = new Derived<T>(this, make);
            derived.Make(_value, null);
            _derived.Add(derived.Make);
            return derived;
        }
    }

    /// <summary>Makes it the current one for every request that begins from now on.</summary>
    public void Publish(GatewayConfig next)
    {
        ConfigurationReloadToken changed;
        lock (_publishing)
        {
            next = next with { Generation = _value.Generation + 1 };
            foreach (var make in _derived) make(next, _value);
            _value = next;
            changed = Interlocked.Exchange(ref _changed, new ConfigurationReloadToken());
        }

        // YARP takes the routes over inside this call.
        changed.OnReload();
        _accepted.Take(next.Text);
    }

    private sealed class AcceptedSettings : ConfigurationProvider
    {
        public void Take(SettingsText text)
        {
            Data = text.Values.ToDictionary(StringComparer.OrdinalIgnoreCase);
            OnReload();
        }
    }
}
