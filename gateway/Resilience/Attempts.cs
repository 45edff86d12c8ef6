using Polly;

namespace FrontDoor.Gateway.Resilience;

/// <summary>The attempts at one request. Hedged ones run beside each other.</summary>
/// <param name="request">As YARP made it, for the destination that YARP chose.</param>
/// <param name="destinations">Those of its cluster.</param>
/// <param name="breakers">Null when the cluster has none.</param>
internal sealed class Attempts(HttpRequestMessage request, ClusterDestinations destinations, DestinationBreakers? breakers)
{
    public static readonly ResiliencePropertyKey<Attempts> Key = new("attempts");

    private readonly Lock _gate = new();
    private HashSet<string>? _tried;
    private bool _begun;
    private bool _taken;

    public HttpRequestMessage Request => request;

    /// <summary>The attempt that was made ahead of the pipeline; null for none.</summary>
    public FirstAttempt? First { get; init; }

    /// <summary>What the pipeline takes for its first attempt: the outcome of the one that was made ahead of it.</summary>
    /// <returns>Null when there is none, or it has been taken.</returns>
    public FirstAttempt? TakeFirst()
    {
        if (_taken) return null;
        _taken = true;
        return First;
    }

    /// <summary>Whether there is a destination that has not been tried and may be.</summary>
    public bool HasOther
    {
        get
        {
            lock (_gate) return destinations.Of(request.RequestUri!.AbsoluteUri) is { } chosen && OtherThan(chosen) is not null;
        }
    }

    /// <summary>
    /// The next attempt's request: the first goes where YARP chose, unless that circuit is open; each further one to a destination that was not
    /// tried yet, and back to the chosen one when there is no other.
    /// </summary>
    /// <returns>The request and its destination; null where the target does not tell.</returns>
    public (HttpRequestMessage Request, string? Destination) Next()
    {
        lock (_gate)
        {
            var first = !_begun;
            _begun = true;
            if (first && breakers is null) return (request, null);

            var target = request.RequestUri!.AbsoluteUri;
            if (destinations.Of(target) is not { } chosen) return (first ? request : Copy(request.RequestUri), null);
            if (first && !breakers!.IsOpen(chosen))
            {
                Tried.Add(chosen);
                return (request, chosen);
            }

            if (!first) Tried.Add(chosen);
            var destination = OtherThan(chosen) ?? chosen;
            Tried.Add(destination);
            return (Copy(new Uri(destination + target[chosen.Length..])), destination);
        }
    }

    private HashSet<string> Tried => _tried ??= new(StringComparer.OrdinalIgnoreCase);

    private string? OtherThan(string chosen) => destinations.Other(p => p == chosen || IsOut(p));

    private bool IsOut(string destination) => _tried?.Contains(destination) == true || breakers?.IsOpen(destination) == true;

    // A request may be sent once only (HttpRequestMessage), and hedged ones are under way together. The body, if any, is in memory.
    private HttpRequestMessage Copy(Uri target)
    {
        var copy = new HttpRequestMessage(request.Method, target) { Version = request.Version, VersionPolicy = request.VersionPolicy, Content = request.Content };
        foreach (var (name, values) in request.Headers.NonValidated) copy.Headers.TryAddWithoutValidation(name, values);
        foreach (var (key, value) in request.Options) ((IDictionary<string, object?>)copy.Options)[key] = value;
        return copy;
    }
}
