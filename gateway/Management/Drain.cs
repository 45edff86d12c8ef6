using FrontDoor.Gateway.Configuration;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Management;

/// <summary>
/// Going out of service without a dropped request: first not ready, then no new connections, then the end of what is under way. The last two are Kestrel's, which also
/// says goodbye on its connections (<c>Connection: close</c>, GOAWAY).
/// </summary>
internal sealed partial class Drain : IHostedLifecycleService, IHealthCheck, IDisposable
{
    private readonly CurrentConfig _current;
    private readonly TimeProvider _time;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<Drain> _logger;
    private readonly CancellationTokenRegistration _stopping;

    public Drain(CurrentConfig current, TimeProvider time, IHostApplicationLifetime lifetime, IOptions<HostOptions> host, ILogger<Drain> logger)
    {
        (_current, _time, _lifetime, _logger) = (current, time, lifetime, logger);
        // At the signal, before the host begins to count: its time holds for the delay, too.
        _stopping = lifetime.ApplicationStopping.Register(() => host.Value.ShutdownTimeout = Options.DrainDelay + Options.DrainTimeout);
    }

    private ManagementOptions Options => _current.Value.Management;

    private bool Draining => _lifetime.ApplicationStopping.IsCancellationRequested;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Draining ? HealthCheckResult.Unhealthy("the gateway is going out of service") : HealthCheckResult.Healthy());

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (!Draining) return; // stopped without a signal: by a test, or because the start failed
        Log.Draining(_logger, Options.DrainDelay, Options.DrainTimeout);
        if (Options.DrainDelay > TimeSpan.Zero) await Task.Delay(Options.DrainDelay, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Tells HTTP/1.1 clients, during the delay, to come back on another connection, which may lead elsewhere.</summary>
    public Task SayGoodbyeAsync(HttpContext context, RequestDelegate next)
    {
        if (Draining && HttpProtocol.IsHttp11(context.Request.Protocol) && context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true })
            context.Response.OnStarting(CloseAsync, context.Response);
        return next(context);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();

    // No closure: it would be allocated for every request, draining or not.
    private static Task CloseAsync(object response)
    {
        ((HttpResponse)response).Headers.Connection = "close";
        return Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Going out of service: not ready for {Delay}, then up to {Timeout} for what is under way")]
        public static partial void Draining(ILogger logger, TimeSpan delay, TimeSpan timeout);
    }
}
