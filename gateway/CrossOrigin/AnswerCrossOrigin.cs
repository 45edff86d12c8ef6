using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Net.Http.Headers;

namespace FrontDoor.Gateway.CrossOrigin;

/// <summary>What a route's endpoint carries of <c>Cors</c>: the policy itself, since a name would be looked up in another configuration.</summary>
internal sealed record CrossOriginRule(CorsPolicy Policy);

/// <summary>Answers a browser's preflight, and tells on every other answer, the gateway's refusals included, who may read it.</summary>
internal sealed class AnswerCrossOrigin(RequestDelegate next, ICorsService cors)
{
    private const string FieldPrefix = "Access-Control-";

    public Task InvokeAsync(HttpContext context)
    {
        var policy = context.GetEndpoint()!.Metadata.GetRequiredMetadata<CrossOriginRule>().Policy;
        var result = context.Request.Headers.Origin.Count > 0 ? cors.EvaluatePolicy(context, policy) : null;
        if (result is { IsPreflightRequest: true })
        {
            Tell(context.Response, policy, result);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        context.Response.OnStarting(() =>
        {
            Tell(context.Response, policy, result);
            return Task.CompletedTask;
        });
        return next(context);
    }

    private void Tell(HttpResponse response, CorsPolicy policy, CorsResult? result)
    {
        var headers = response.Headers;
        foreach (var field in headers.Keys.Where(f => f.StartsWith(FieldPrefix, StringComparison.OrdinalIgnoreCase)).ToArray()) headers.Remove(field);
        if (result is not null)
        {
            result.VaryByOrigin = false; // said below, also where the origin is not allowed or not told
            cors.ApplyResult(result, response);
        }

        if (!policy.AllowAnyOrigin && !Varies(response)) headers.Append(HeaderNames.Vary, HeaderNames.Origin);
    }

    private static bool Varies(HttpResponse response) =>
        response.Headers.GetCommaSeparatedValues(HeaderNames.Vary).Any(v => v == "*" || v.Equals(HeaderNames.Origin, StringComparison.OrdinalIgnoreCase));
}
