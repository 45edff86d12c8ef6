using System.Diagnostics.CodeAnalysis;
using FrontDoor.Gateway.Resilience;
using Xunit;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace FrontDoor.Gateway.Tests.Resilience;

public sealed class OtherDestinationTests
{
    [Theory]
    [InlineData("http://a.test", "http://b.test", "http://a.test/x?q=%2F", "http://b.test/x?q=%2F")]
    [InlineData("http://a.test/", "http://b.test/", "http://a.test/x", "http://b.test/x")]
    [InlineData("http://a.test:80", "http://b.test:80", "http://a.test/x", "http://b.test/x")]
    [InlineData("https://a.test:443/", "http://b.test:8080/", "https://a.test/", "http://b.test:8080/")]
    [InlineData("http://A.Test", "http://b.test", "http://a.test/x", "http://b.test/x")]
    [InlineData("http://a.test:8080", "http://a.test:80", "http://a.test:8080/x", "http://a.test/x")]
    [InlineData("http://a.test/v1", "http://b.test/v2/", "http://a.test/v1/x", "http://b.test/v2/x")]
    [InlineData("http://a.test/caf%C3%A9", "http://b.test", "http://a.test/caf%C3%A9/x", "http://b.test/x")]
    public void SecondAttempt_GoesToTheOtherWithTheSameRest(string first, string second, string target, string expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        Assert.True(Among(first, second).Redirect(request, new HashSet<string>()));
        Assert.Equal(expected, request.RequestUri!.AbsoluteUri);
    }

    [Fact]
    public void OneAddressBelowTheOther_StaysAsItIs()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a.test/v1/x");
        Assert.False(Among("http://a.test", "http://a.test/v1").Redirect(request, new HashSet<string>()));
        Assert.Equal("http://a.test/v1/x", request.RequestUri!.AbsoluteUri);
    }

    [Fact]
    public void EachDestination_IsTriedOnce()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://b.test/x");
        var (destinations, tried) = (Among("http://a.test", "http://b.test", "http://c.test"), new HashSet<string>());
        var seen = new List<string> { request.RequestUri!.Host };
        while (destinations.Redirect(request, tried)) seen.Add(request.RequestUri.Host);
        Assert.Equal(["b.test", "a.test", "c.test"], seen);
    }

    [Theory]
    [InlineData("http://elsewhere.test/x")]
    [InlineData("http://a.test.elsewhere.test/x")]
    [InlineData("http://a.test:81/x")]
    public void TargetOfNoDestination_StaysAsItIs(string target)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        Assert.False(Among("http://a.test", "http://b.test").Redirect(request, new HashSet<string>()));
        Assert.Equal(target, request.RequestUri!.AbsoluteUri);
    }

    [Fact]
    public void OnlyOneDestination_StaysAsItIs()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a.test/x");
        Assert.False(Among("http://a.test").Redirect(request, new HashSet<string>()));
        Assert.Equal("http://a.test/x", request.RequestUri!.AbsoluteUri);
    }

    [Fact]
    public void UnknownCluster_StaysAsItIs()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a.test/x");
        Assert.False(new OtherDestination(new Lazy<IProxyStateLookup>(new Clusters(new ClusterState("sample"))), "other").Redirect(request, new HashSet<string>()));
    }

    private static OtherDestination Among(params string[] addresses)
    {
        var all = addresses.Select((address, i) => new DestinationState($"{i}", new DestinationModel(new DestinationConfig { Address = address }))).ToArray();
        var cluster = new ClusterState("sample") { DestinationsState = new ClusterDestinationsState(all, all) };
        return new OtherDestination(new Lazy<IProxyStateLookup>(new Clusters(cluster)), "sample");
    }

    private sealed class Clusters(ClusterState only) : IProxyStateLookup
    {
        public bool TryGetRoute(string id, [NotNullWhen(true)] out RouteModel? route)
        {
            route = null;
            return false;
        }

        public IEnumerable<RouteModel> GetRoutes() => [];

        public bool TryGetCluster(string id, [NotNullWhen(true)] out ClusterState? cluster)
        {
            cluster = id == only.ClusterId ? only : null;
            return cluster is not null;
        }

        public IEnumerable<ClusterState> GetClusters() => [only];
    }
}
