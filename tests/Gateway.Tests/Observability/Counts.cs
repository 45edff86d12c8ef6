using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace FrontDoor.Gateway.Tests.Observability;

/// <summary>What one gateway's counter counts from now on, by its first tag.</summary>
internal sealed class Counts : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _counted = new();
    private readonly MeterListener _listener;

    public Counts(IServiceProvider gateway, string counter)
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                // Of this gateway: others of the process count by the same name.
                if (instrument.Name == counter && ReferenceEquals(instrument.Meter.Scope, gateway.GetRequiredService<IMeterFactory>())) listener.EnableMeasurementEvents(instrument);
            },
        };
        _listener.SetMeasurementEventCallback<long>((_, by, tags, _) => _counted.AddOrUpdate($"{tags[0].Value}", by, (_, before) => before + by));
        _listener.Start();
    }

    public KeyValuePair<string, long>[] All => [.. _counted];

    public long Of(string tag) => _counted.GetValueOrDefault(tag);

    public void Dispose() => _listener.Dispose();
}
