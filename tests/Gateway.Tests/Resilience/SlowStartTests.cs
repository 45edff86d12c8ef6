using FrontDoor.Gateway.Resilience;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace FrontDoor.Gateway.Tests.Resilience;

public sealed class SlowStartTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly DestinationState _one = new("one");
    private readonly DestinationState _two = new("two");
    private readonly ClusterState _cluster = new("slow");
    private readonly SlowStarts _starts;

    public SlowStartTests() => _starts = new SlowStarts(cluster => cluster == "slow" ? TimeSpan.FromSeconds(10) : TimeSpan.Zero, _clock);

    [Fact]
    public void ReturningDestination_GetsATenthOfItsTurns_ThenMore_ThenAll()
    {
        Returns(_two);
        var policy = new SlowStartBalancing(new Alternating(), _starts);
        Assert.Equal(2, Picks(policy, 40)); // 20 turns, of which a tenth
        _clock.Advance(TimeSpan.FromSeconds(2.5));
        Assert.Equal(5, Picks(policy, 40));
        _clock.Advance(TimeSpan.FromSeconds(2.5));
        Assert.Equal(10, Picks(policy, 40));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.False(_starts.ShareOf(_two) < 1);
        Assert.Equal(20, Picks(policy, 40));
        Assert.False(_starts.Any);
    }

    [Fact]
    public void PolicyWithAFavourite_IsScaledToo()
    {
        Returns(_one);
        var policy = new SlowStartBalancing(new First(), _starts);
        Assert.Equal(18, Picks(policy, 20)); // the favourite starts, so the other one serves
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, Picks(policy, 20));
    }

    [Fact]
    public void WhereAllAreStarting_EachRequestIsServed()
    {
        _starts.Changed("slow", new([_one, _two], []), new([_one, _two], [_one, _two]));
        var policy = new SlowStartBalancing(new Alternating(), _starts);
        Assert.All(Enumerable.Range(0, 50), _ => Assert.NotNull(policy.PickDestination(new DefaultHttpContext(), _cluster, [_one, _two])));
        Assert.Null(policy.PickDestination(new DefaultHttpContext(), _cluster, []));
    }

    [Fact]
    public void DestinationThatFailsAgain_BeginsAgain()
    {
        Returns(_two);
        _clock.Advance(TimeSpan.FromSeconds(8));
        Assert.Equal(0.8, _starts.ShareOf(_two), 3);
        Returns(_two);
        Assert.Equal(0.1, _starts.ShareOf(_two), 3);
    }

    [Fact]
    public void OnesThatAClusterStartsWith_AreWarm()
    {
        _starts.Changed("slow", new([], []), new([_one, _two], [_one, _two]));
        Assert.False(_starts.Any);
    }

    [Fact]
    public void AddedDestination_StartsSlowly_AndARemovedOneIsForgotten()
    {
        _starts.Changed("slow", new([_one], [_one]), new([_one, _two], [_one, _two]));
        Assert.Equal((1, 0.1), (_starts.ShareOf(_one), _starts.ShareOf(_two)));
        _starts.Changed("slow", new([_one, _two], [_one, _two]), new([_one], [_one]));
        Assert.False(_starts.Any);
    }

    [Fact]
    public void ClusterWithoutTheSetting_StartsAtOnce()
    {
        _starts.Changed("other", new([_one, _two], [_one]), new([_one, _two], [_one, _two]));
        Assert.False(_starts.Any);
    }

    private void Returns(DestinationState destination) =>
        _starts.Changed("slow", new([_one, _two], [destination == _one ? _two : _one]), new([_one, _two], [_one, _two]));

    // How often the second of the two is picked.
    private int Picks(SlowStartBalancing policy, int requests) =>
        Enumerable.Range(0, requests).Count(_ => policy.PickDestination(new DefaultHttpContext(), _cluster, [_one, _two]) == _two);

    private sealed class Alternating : ILoadBalancingPolicy
    {
        private int _next;

        public string Name => nameof(Alternating);

        public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations) =>
            availableDestinations.Count switch { 0 => null, 1 => availableDestinations[0], var count => availableDestinations[_next++ % count] };
    }

    private sealed class First : ILoadBalancingPolicy
    {
        public string Name => nameof(First);

        public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations) => availableDestinations.Count == 0 ? null : availableDestinations[0];
    }
}
