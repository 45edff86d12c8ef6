using System.Net;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace FrontDoor.Gateway.Resilience;

/// <summary>The Polly pipeline of a cluster, from the outside in: total timeout, retry, attempt timeout.</summary>
internal static class ClusterPipeline
{
    /// <summary>The request being tried; its target changes from attempt to attempt.</summary>
    public static readonly ResiliencePropertyKey<HttpRequestMessage> Request = new("request");

    public static ResiliencePipeline<HttpResponseMessage> Build(ClusterResilience options, TimeProvider time)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time };
        builder.AddTimeout(options.TotalTimeout);
        if (options.Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = options.Retries,
                Delay = TimeSpan.Zero,
                ShouldHandle = attempt => ValueTask.FromResult(
                    IsRepeatable(attempt.Context.Properties.GetValue(Request, null!)) && Failed(attempt.Outcome)),
                OnRetry = attempt =>
                {
                    // The failed answer is not passed on, so its connection is given back here.
                    attempt.Outcome.Result?.Dispose();
                    return ValueTask.CompletedTask;
                },
            });
        }

        return builder.AddTimeout(options.AttemptTimeout).Build();
    }

    // RFC 9110 section 9.2.2; a body could have been consumed by the first attempt.
    private static bool IsRepeatable(HttpRequestMessage request) =>
        request.Content is null && request.Headers.Upgrade.Count == 0 && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Options);

    private static bool Failed(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        { Result.StatusCode: HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout } => true,
        _ => false,
    };
}
