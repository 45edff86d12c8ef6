using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>What one gateway counts of tokens from now on, by outcome.</summary>
internal sealed class TokenOutcomes : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _counted = new();
    private readonly MeterListener _listener;

    public TokenOutcomes(IServiceProvider gateway)
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                // Of this gateway: others of the process count by the same name.
                if (instrument.Name == "gateway.authentication.results" && ReferenceEquals(instrument.Meter.Scope, gateway.GetRequiredService<IMeterFactory>())) listener.EnableMeasurementEvents(instrument);
            },
        };
        _listener.SetMeasurementEventCallback<long>((_, by, tags, _) => _counted.AddOrUpdate($"{tags[0].Value}", by, (_, before) => before + by));
        _listener.Start();
    }

    public KeyValuePair<string, long>[] Counted => [.. _counted];

    public void Dispose() => _listener.Dispose();
}
