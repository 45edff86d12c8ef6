using System.Runtime.ExceptionServices;
using Polly;

namespace FrontDoor.Gateway.Resilience;

/// <summary>An attempt that was made before the pipeline began, and how long it took.</summary>
internal sealed record FirstAttempt(Outcome<HttpResponseMessage> Outcome, TimeSpan Took)
{
    /// <exception cref="Exception">That with which it failed.</exception>
    public HttpResponseMessage ThrowOrResult()
    {
        if (Outcome.Exception is { } fault) ExceptionDispatchInfo.Throw(fault);
        return Outcome.Result!;
    }
}
