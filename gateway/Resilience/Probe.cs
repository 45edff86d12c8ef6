using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace FrontDoor.Gateway.Resilience;

/// <summary>A request of YARP's active health checks. It must reach the one destination that it asks about: no other may answer for it.</summary>
internal sealed class Probe : HttpRequestMessage
{
    private Probe(HttpRequestMessage made)
        : base(made.Method, made.RequestUri)
    {
        (Version, VersionPolicy, Content) = (made.Version, made.VersionPolicy, made.Content);
        foreach (var (name, values) in made.Headers.NonValidated) Headers.TryAddWithoutValidation(name, values);
    }

    /// <summary>Makes YARP's requests such.</summary>
    internal sealed class Factory(IProbingRequestFactory yarp) : IProbingRequestFactory
    {
        public HttpRequestMessage CreateRequest(ClusterModel cluster, DestinationModel destination) => new Probe(yarp.CreateRequest(cluster, destination));
    }
}
