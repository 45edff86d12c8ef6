namespace FrontDoor.Gateway.Upstream;

/// <summary>How one cluster is connected to. Section <c>Upstream:Clusters</c>, one entry each under the cluster's id. Replaced files are taken over within seconds, for new connections.</summary>
internal sealed record ClusterUpstream
{
    /// <summary>PEM file with the certificate authorities that the destinations' certificates must come from, instead of the system's. Default null: the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM file with the certificate that the gateway shows, and its chain after it. Default null: none. Together with <see cref="ClientKeyFile"/>.</summary>
    public string? ClientCertificateFile { get; init; }

    /// <summary>PEM file with its key, not encrypted; readable by its owner alone.</summary>
    public string? ClientKeyFile { get; init; }

    /// <summary>
    /// Whether a request's body is read to its end before the back end gets it, which is then told its length; up to 64 KiB in memory, beyond that in a file in the folder for
    /// temporary files. For app servers that serve one request per worker (a slow client would occupy it) or lose a body of unknown length, as Django does under WSGI.
    /// Not for gRPC or uploads that are answered while they last. Default false.
    /// </summary>
    public bool BufferRequests { get; init; }

    /// <summary>
    /// Whether answers are read as fast as the back end gives them, so that a slow client occupies no worker; the client gets each byte as soon as it can take it. Up to 64 KiB in memory, beyond
    /// that up to 1 GiB in a file in the folder for temporary files; then the back end waits. Never server-sent events, gRPC, WebSockets, and what says <c>X-Accel-Buffering: no</c>. Default false.
    /// </summary>
    public bool BufferResponses { get; init; }

    /// <summary>
    /// After which a connection is closed when it is free; the next one looks the name up anew. Default 5 minutes; from 1 second to 1 day, or 0: each request gets a connection
    /// of its own, for servers that close after each answer without saying so, as uWSGI's <c>http-socket</c> does.
    /// </summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a free connection is kept. Default 1 minute; from 100 ms to 1 hour. Shorter than the back end's own patience (gunicorn 2 seconds, Node.js 5): a
    /// POST on a connection that the back end is just closing is 502, since nobody knows whether it was served.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>Section <c>Upstream</c>.</summary>
internal sealed record UpstreamOptions
{
    public const string Section = "Upstream";

    /// <summary>By cluster id; a cluster that is not named gets the defaults.</summary>
    public IReadOnlyDictionary<string, ClusterUpstream> Clusters { get; init; } = new Dictionary<string, ClusterUpstream>();

    /// <summary>What holds for this cluster.</summary>
    public ClusterUpstream Of(string cluster) => Clusters.FirstOrDefault(c => c.Key.Equals(cluster, StringComparison.OrdinalIgnoreCase)).Value ?? new ClusterUpstream();
}
