using System.Diagnostics.Metrics;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authorization;

public sealed class DryRunCountTests(PolicyGateway gateway) : IClassFixture<PolicyGateway>
{
    [Fact]
    public async Task WouldBeRefusal_IsCounted()
    {
        var counted = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == "gateway.policy.dry_run") l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, by, tags, _) =>
        {
            if (tags.ToArray().Contains(new("policy", "trial")) && tags.ToArray().Contains(new("route", "trial"))) Interlocked.Add(ref counted, by);
        });
        listener.Start();

        using var answer = await gateway.SendAsync("DELETE", "/trial/x", $"Bearer {gateway.Issuer.Token()}");
        Assert.True(answer.IsSuccessStatusCode);
        await Until.TrueAsync(() => Interlocked.Read(ref counted) > 0, "the would-be refusal is counted");
    }
}
