using System.Runtime.CompilerServices;

namespace FrontDoor.Gateway.Configuration;

/// <summary>What a stage makes of each configuration (<see cref="CurrentConfig.Derive"/>). It lives as long as the configuration that it belongs to.</summary>
internal sealed class Derived<T>(CurrentConfig current, Func<GatewayConfig, T?, T> make)
    where T : class
{
    private readonly ConditionalWeakTable<GatewayConfig, T> _made = [];

    /// <summary>What was made of the newest configuration.</summary>
    public T Now => Of(current.Value);

    /// <summary>What was made of this configuration.</summary>
    public T Of(GatewayConfig config) => _made.TryGetValue(config, out var made) ? made : _made.GetValue(config, c => make(c, null));

    public void Make(GatewayConfig config, GatewayConfig? before) => _made.AddOrUpdate(config, make(config, before is null ? null : Of(before)));
}
