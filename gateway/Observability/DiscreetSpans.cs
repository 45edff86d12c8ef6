using System.Diagnostics;
using OpenTelemetry;

namespace FrontDoor.Gateway.Observability;

/// <summary>Takes out of every span what may be a secret or tell who somebody is: queries, the client's address and browser. A span leaves the machine.</summary>
internal sealed class DiscreetSpans : BaseProcessor<Activity>
{
    private static readonly string[] Withheld =
        ["url.query", "user_agent.original", "client.address", "client.port", "network.peer.address", "network.peer.port", "enduser.id"];

    public override void OnEnd(Activity data)
    {
        foreach (var name in Withheld) data.SetTag(name, null);
        if (data.GetTagItem("url.full") is string url && url.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query) data.SetTag("url.full", url[..query]);
    }
}
