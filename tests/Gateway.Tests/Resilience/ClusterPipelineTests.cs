using System.Net;
using FrontDoor.Gateway.Resilience;
using Microsoft.Extensions.Time.Testing;
using Polly;
using Polly.Timeout;
using Xunit;

namespace FrontDoor.Gateway.Tests.Resilience;

public sealed class ClusterPipelineTests
{
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData("GET", false, 503, 3)]
    [InlineData("HEAD", false, 502, 3)]
    [InlineData("OPTIONS", false, 504, 3)]
    [InlineData("GET", true, 503, 3)]
    [InlineData("GET", false, 500, 1)]
    [InlineData("GET", false, 200, 1)]
    [InlineData("GET", false, 408, 1)]
    [InlineData("GET", false, 429, 1)]
    [InlineData("POST", false, 503, 1)]
    [InlineData("PUT", false, 503, 1)]
    [InlineData("DELETE", false, 503, 1)]
    [InlineData("TRACE", false, 503, 1)]
    public async Task Answer_DecidesOverFurtherAttempts(string method, bool body, int status, int attempts)
    {
        var made = 0;
        using var content = new StringContent("");
        var answer = await RunAsync(new ClusterResilience { Retries = 2 }, method, body ? content : null, _ =>
        {
            made++;
            return ValueTask.FromResult(new HttpResponseMessage((HttpStatusCode)status));
        });
        Assert.Equal((attempts, status), (made, (int)answer.StatusCode));
    }

    [Theory]
    [InlineData("GET", 0, 1)]
    [InlineData("GET", 1, 2)]
    [InlineData("GET", 5, 6)]
    [InlineData("POST", 5, 1)]
    public async Task FailedConnection_IsTriedAsOftenAsConfigured(string method, int retries, int attempts)
    {
        var made = 0;
        await Assert.ThrowsAsync<HttpRequestException>(() => RunAsync(new ClusterResilience { Retries = retries }, method, null, _ =>
        {
            made++;
            throw new HttpRequestException("refused");
        }));
        Assert.Equal(attempts, made);
    }

    [Fact]
    public async Task ClientThatLeft_IsNotTriedAgain()
    {
        var made = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(new ClusterResilience { Retries = 5 }, "GET", null, _ =>
        {
            made++;
            throw new OperationCanceledException("left");
        }));
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task TotalTimeout_EndsAllAttempts()
    {
        var made = 0;
        var options = new ClusterResilience { AttemptTimeout = TimeSpan.FromSeconds(2), TotalTimeout = TimeSpan.FromSeconds(3), Retries = 5 };
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => RunAsync(options, "GET", null, async cancellation =>
        {
            made++;
            var ended = Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            _clock.Advance(TimeSpan.FromSeconds(2));
            await ended;
            throw new InvalidOperationException("cannot be");
        }));
        Assert.Equal(2, made);
    }

    [Fact]
    public async Task FailedAnswer_IsDisposedBeforeTheNextAttempt()
    {
        var bodies = new List<MemoryStream>();
        using var last = await RunAsync(new ClusterResilience { Retries = 1 }, "GET", null, _ =>
        {
            bodies.Add(new MemoryStream());
            return ValueTask.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Content = new StreamContent(bodies[^1]) });
        });
        Assert.Equal([false, true], bodies.Select(b => b.CanRead));
    }

    private async Task<HttpResponseMessage> RunAsync(
        ClusterResilience options, string method, HttpContent? content, Func<CancellationToken, ValueTask<HttpResponseMessage>> attempt)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://back-end.test/") { Content = content };
        var context = ResilienceContextPool.Shared.Get(TestContext.Current.CancellationToken);
        context.Properties.Set(Attempts.Key, new Attempts(request, Destinations.Among("http://back-end.test"), breakers: null));
        try
        {
            return await ClusterPipeline.Build("sample", options, new RetryBudget(options.RetryBudget, _clock), limiter: null, _clock).ExecuteAsync(c => attempt(c.CancellationToken), context);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
