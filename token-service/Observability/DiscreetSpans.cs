using System.Diagnostics;
using OpenTelemetry;

namespace FrontDoor.TokenService.Observability;

/// <summary>
/// Names a request's span by its route, and takes out of every span what may be a secret or tell who somebody is: paths with ids in them, queries, statements, the client's
/// address and browser. A span leaves the machine.
/// </summary>
internal sealed class DiscreetSpans : BaseProcessor<Activity>
{
    private static readonly string[] Withheld =
        ["url.path", "url.query", "user_agent.original", "client.address", "client.port", "network.peer.address", "network.peer.port", "db.query.text", "db.statement", "db.user"];

    public override void OnEnd(Activity data)
    {
        foreach (var name in Withheld) data.SetTag(name, null);
    }
}
