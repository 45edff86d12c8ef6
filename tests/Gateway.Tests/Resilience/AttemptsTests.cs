using FrontDoor.Gateway.Resilience;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace FrontDoor.Gateway.Tests.Resilience;

public sealed class AttemptsTests
{
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData("http://a.test", "http://b.test", "http://a.test/x?q=%2F", "http://b.test/x?q=%2F")]
    [InlineData("http://a.test/", "http://b.test/", "http://a.test/x", "http://b.test/x")]
    [InlineData("http://a.test:80", "http://b.test:80", "http://a.test/x", "http://b.test/x")]
    [InlineData("https://a.test:443/", "http://b.test:8080/", "https://a.test/", "http://b.test:8080/")]
    [InlineData("http://A.Test", "http://b.test", "http://a.test/x", "http://b.test/x")]
    [InlineData("http://a.test:8080", "http://a.test:80", "http://a.test:8080/x", "http://a.test/x")]
    [InlineData("http://a.test/v1", "http://b.test/v2/", "http://a.test/v1/x", "http://b.test/v2/x")]
    [InlineData("http://a.test/caf%C3%A9", "http://b.test", "http://a.test/caf%C3%A9/x", "http://b.test/x")]
    public void SecondAttempt_GoesToTheOtherWithTheSameRest(string first, string second, string target, string expected) =>
        Assert.Equal([target, expected], Targets(Destinations.Among(first, second), target, attempts: 2));

    [Fact]
    public void EachDestination_IsTriedOnceThenTheFirstAgain() => Assert.Equal(
        ["http://b.test/x", "http://a.test/x", "http://c.test/x", "http://b.test/x"],
        Targets(Destinations.Among("http://a.test", "http://b.test", "http://c.test"), "http://b.test/x", attempts: 4));

    [Theory]
    [InlineData("http://elsewhere.test/x")]
    [InlineData("http://a.test.elsewhere.test/x")]
    [InlineData("http://a.test:81/x")]
    public void TargetOfNoDestination_StaysAsItIs(string target) =>
        Assert.Equal([target, target], Targets(Destinations.Among("http://a.test", "http://b.test"), target, attempts: 2));

    [Fact]
    public void OneAddressBelowTheOther_StaysAsItIs() => Assert.Equal(
        ["http://a.test/v1/x", "http://a.test/v1/x"], Targets(Destinations.Among("http://a.test", "http://a.test/v1"), "http://a.test/v1/x", attempts: 2));

    [Fact]
    public void UnknownCluster_StaysAsItIs() =>
        Assert.Equal(["http://a.test/x", "http://a.test/x"], Targets(Destinations.Of("other", "http://a.test", "http://b.test"), "http://a.test/x", attempts: 2));

    [Fact]
    public async Task OpenCircuit_IsAvoidedUntilItsTimeIsOver()
    {
        var closed = new List<string>();
        var breakers = new DestinationBreakers(
            "sample", new CircuitBreakerOptions { MinimumThroughput = 2, BreakDuration = TimeSpan.FromSeconds(5) }, TimeSpan.FromSeconds(1), _clock, NullLoggerFactory.Instance, closed.Add);
        for (var i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<HttpRequestException>(async () => await breakers.Of("http://a.test", timed: true).ExecuteAsync<HttpResponseMessage>(
                _ => throw new HttpRequestException("refused"), TestContext.Current.CancellationToken));
        }

        var destinations = Destinations.Among("http://a.test", "http://b.test");
        Assert.Equal("http://b.test/x", Targets(destinations, "http://a.test/x", attempts: 1, breakers)[0]);
        Assert.Equal("http://a.test/x", Targets(Destinations.Among("http://a.test"), "http://a.test/x", attempts: 1, breakers)[0]);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("http://a.test/x", Targets(destinations, "http://a.test/x", attempts: 1, breakers)[0]);
        Assert.Empty(closed);
        using var answer = await breakers.Of("http://a.test", timed: true).ExecuteAsync<HttpResponseMessage>(_ => new(new HttpResponseMessage()), TestContext.Current.CancellationToken);
        Assert.Equal(["http://a.test"], closed);
    }

    [Fact]
    public void FurtherAttempt_CarriesAllOfTheFirst()
    {
        using var body = new ByteArrayContent([1]);
        using var request = new HttpRequestMessage(HttpMethod.Put, "http://a.test/x")
        {
            Version = new Version(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = body,
        };
        request.Headers.TryAddWithoutValidation("X-Many", ["1", "2"]);
        var attempts = new Attempts(request, Destinations.Among("http://a.test", "http://b.test"), breakers: null);
        Assert.Same(request, attempts.Next().Request);
        var (copy, destination) = attempts.Next();
        Assert.Equal(("http://b.test", HttpMethod.Put, request.Version, request.VersionPolicy), (destination, copy.Method, copy.Version, copy.VersionPolicy));
        Assert.Same(body, copy.Content);
        Assert.Equal(["1", "2"], copy.Headers.GetValues("X-Many"));
    }

    private static List<string> Targets(ClusterDestinations destinations, string target, int attempts, DestinationBreakers? breakers = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        var all = new Attempts(request, destinations, breakers);
        return [.. Enumerable.Range(0, attempts).Select(_ => all.Next().Request.RequestUri!.AbsoluteUri)];
    }
}
