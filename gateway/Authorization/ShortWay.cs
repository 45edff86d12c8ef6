using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Observability;

namespace FrontDoor.Gateway.Authorization;

/// <summary>What a route asks of a token beyond that it be valid. Part of its endpoint.</summary>
/// <param name="Requirement">Null: nothing.</param>
internal sealed record RoutePolicy(TokenRequirement? Requirement)
{
    public bool LetsIn(ValidatedToken token, string method) => Requirement is null || Requirement.Rule.LetsIn(token.Claims, method);
}

/// <summary>What the short way found.</summary>
/// <param name="Way">Where the request goes.</param>
/// <param name="Failure">Why it is turned away; null where it has no token, or is not.</param>
internal readonly record struct Judgement(Way Way, Exception? Failure = null);

internal enum Way
{
    /// <summary>To the framework's handlers, with what is known by then.</summary>
    Whole,

    /// <summary>To the back end, as its token's user.</summary>
    In,

    /// <summary>Away: 401, or 503 while nobody can tell.</summary>
    Out,
}

/// <summary>
/// The short way, for a token that is good and meets its route's policy, and for one that is none: the framework's handlers, which would find the same, cost a sixth of what a forwarded request costs and half of the memory of a
/// refused one. A token in another place and a policy that is not met go the whole way.
/// </summary>
internal sealed class ShortWay(AccessTokenHandler handler, TrustedIssuers issuers, GatewayMeter meter)
{
    // What endpoint routing looks for before it runs an endpoint with a policy: somebody has judged it.
    private const string Judged = "__AuthorizationMiddlewareWithEndpointInvoked";

    private static readonly object Mark = new();

    public async ValueTask<Judgement> JudgeAsync(HttpContext context, Endpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<RoutePolicy>() is not { } policy || endpoint.Metadata.GetMetadata<RouteCredentials>() is not null) return new(Way.Whole);
        var (token, malformed) = BearerField.Read(context.Request.Headers.Authorization);
        if (token is not { } found || malformed)
        {
            meter.Authenticated(malformed ? nameof(TokenRefusal.MalformedHeader) : GatewayMeter.OutcomeNone);
            return new(Way.Out, malformed ? new TokenRefusedException(TokenRefusal.MalformedHeader) : null);
        }

        var verdict = await handler.ValidateAsync(found, issuers.For(context));
        if (verdict.Token is not { } good) return new(Way.Out, verdict.Refusal);
        if (!policy.LetsIn(good, context.Request.Method))
        {
            context.Features.Set(new JudgedToken(verdict));
            return new(Way.Whole);
        }

        context.User = good.User;
        context.Items[Judged] = Mark;
        return new(Way.In);
    }
}
