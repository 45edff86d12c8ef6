using System.Net;
using FrontDoor.Gateway.Tests.Observability;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>What a remembered token is still asked at each use.</summary>
public sealed class CachedTokenTests
{
    [Fact]
    public async Task ExpiredSinceItWasSeen_IsRefused()
    {
        await using var gateway = await FollowingGateway.StartAsync();
        var token = gateway.Token("a", seconds: 60);
        await gateway.AcceptsAsync(token);
        // To its exp and the allowed skew of 5 seconds; exp has no fractions, the clock has.
        gateway.Clock.Advance(TimeSpan.FromSeconds(64));
        await gateway.AcceptsAsync(token);
        gateway.Clock.Advance(TimeSpan.FromSeconds(1));
        await gateway.RefusesAsync(token, "Token is expired");
        await gateway.RefusesAsync(token, "Token is expired");
    }

    [Fact]
    public async Task RememberedTokenWithAnyCharacterChanged_IsAnother()
    {
        await using var gateway = await FollowingGateway.StartAsync();
        var token = gateway.Token("a");
        await gateway.AcceptsAsync(token);
        var (head, body, signature) = (token.Split('.')[0], token.Split('.')[1], token.Split('.')[2]);
        // The last character of 64 bytes has four bits that decode to nothing.
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var unusedBits = signature[..^1] + Alphabet[Alphabet.IndexOf(signature[^1], StringComparison.Ordinal) ^ 1];
        string[] changed =
        [
            $"{head}.{body}.{unusedBits}", $"{head}.{body}.{signature}=", $"{head}.{body}.{signature[..^1]}", $"{head}.{body}.{(signature[0] == 'A' ? 'B' : 'A')}{signature[1..]}",
            $"{head}.{gateway.Token("b").Split('.')[1]}.{signature}", $"{gateway.Issuer.Token(header: h => h["cty"] = "x").Split('.')[0]}.{body}.{signature}", $"{head}.{body}.", $"{head}.{body}.{signature}.",
        ];
        foreach (var other in changed) await gateway.RefusesAsync(other, "Token is invalid");
        await gateway.AcceptsAsync(token);
    }

    [Fact]
    public async Task KeyWithdrawn_RefusesItsTokensAtTheNextFetch()
    {
        using var other = new OtherKey();
        await using var gateway = await FollowingGateway.StartAsync();
        var token = gateway.Token("a");
        await gateway.AcceptsAsync(token);
        gateway.Issuer.OnJwks = context => context.Response.WriteAsync($$"""{"keys":[{{other.Jwk}}]}""");
        var fetches = gateway.Issuer.Fetches;
        gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        await Until.TrueAsync(() => gateway.Issuer.Fetches > fetches, "the keys are fetched anew");
        await UntilRefusedAsync(gateway, token);
    }

    [Fact]
    public async Task KeyReplacedUnderItsName_RefusesTheOldKeysTokens()
    {
        await using var gateway = await FollowingGateway.StartAsync();
        using var other = new OtherKey(gateway.Issuer.Kid);
        var token = gateway.Token("a");
        await gateway.AcceptsAsync(token);
        gateway.Issuer.OnJwks = context => context.Response.WriteAsync($$"""{"keys":[{{other.Jwk}}]}""");
        gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        await UntilRefusedAsync(gateway, token);
    }

    [Fact]
    public async Task KeyPublishedAnew_ItsTokensAreCheckedOnceAndRememberedAgain()
    {
        using var other = new OtherKey();
        await using var gateway = await FollowingGateway.StartAsync();
        var token = gateway.Token("a");
        await gateway.RemembersAsync(token);
        gateway.Issuer.OnJwks = context => context.Response.WriteAsync($$"""{"keys":[{{other.Jwk}}]}""");
        gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        await UntilRefusedAsync(gateway, token);
        gateway.Issuer.OnJwks = null;
        gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        await UntilAsync(HttpStatusCode.OK, gateway, token);

        using var outcomes = new Counts(gateway.Services, "gateway.authentication.results");
        for (var i = 0; i < 3; i++) await gateway.AcceptsAsync(token);
        Assert.Equal([new("remembered", 3L)], outcomes.All);
    }

    [Fact]
    public async Task IssuerGone_SeenAndUnseenTokensOfKnownKeysPass()
    {
        await using var gateway = await FollowingGateway.StartAsync();
        var seen = gateway.Token("a");
        await gateway.AcceptsAsync(seen);
        gateway.Issuer.OnJwks = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        var fetches = gateway.Issuer.Fetches;
        gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        await Until.TrueAsync(() => gateway.Issuer.Fetches > fetches, "the keys are fetched anew");
        await gateway.AcceptsAsync(seen);
        await gateway.AcceptsAsync(gateway.Token("b"));
    }

    [Fact]
    public async Task UseOfKnownTokens_FetchesNothing()
    {
        await using var gateway = await FollowingGateway.StartAsync();
        var token = gateway.Token("a");
        await gateway.AcceptsAsync(token);
        var asked = gateway.Issuer.Received.Count;
        for (var i = 0; i < 20; i++) await gateway.AcceptsAsync(token);
        Assert.Equal(asked, gateway.Issuer.Received.Count);
    }

    private static Task UntilRefusedAsync(FollowingGateway gateway, string token) => UntilAsync(HttpStatusCode.Unauthorized, gateway, token);

    private static Task UntilAsync(HttpStatusCode status, FollowingGateway gateway, string token) => Until.TrueAsync(
        async () =>
        {
            using var answer = await gateway.GetAsync(token);
            return answer.StatusCode == status;
        },
        $"the token is answered with {status}");
}
