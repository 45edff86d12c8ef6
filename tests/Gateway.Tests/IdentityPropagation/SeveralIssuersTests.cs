using System.Net;
using FrontDoor.Gateway.Tests.Authentication;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.IdentityPropagation;

/// <summary>Two issuers, both of which have a subject 42.</summary>
public sealed class SeveralIssuersTests : IAsyncLifetime
{
    private FakeIssuer _issuer = null!;
    private ProviderIssuer _provider = null!;
    private TestServer _backend = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _provider = await ProviderIssuer.StartAsync("/realms/demo");
        _backend = await TestServer.StartAsync();
    }

    [Fact]
    public async Task BackEnds_AreToldWhoseSubjectItIs()
    {
        await using var gateway = await StartAsync();
        var ours = await ForwardedAsync(gateway, _issuer.Token(), ("X-Forwarded-Issuer", "forged"), ("x_forwarded_issuer", "forged"));
        var theirs = await ForwardedAsync(gateway, TheirToken());
        Assert.Equal(("42", FakeIssuer.Name), (ours.Header("X-Forwarded-User"), ours.Header("X-Forwarded-Issuer")));
        Assert.Equal(("42", _provider.Name), (theirs.Header("X-Forwarded-User"), theirs.Header("X-Forwarded-Issuer")));
        Assert.DoesNotContain(ours.Headers, h => h.Value.Contains("forged"));
    }

    [Fact]
    public async Task OwnMapping_GetsItTooUnlessItHasItsOwn()
    {
        await using var plain = await StartAsync(("IdentityPropagation:Headers:X-Who", "sub"));
        Assert.NotNull((await ForwardedAsync(plain, TheirToken())).Header("X-Forwarded-Issuer"));
        await using var own = await StartAsync(("IdentityPropagation:Headers:X-Who", "sub"), ("IdentityPropagation:Headers:X-Realm", "iss"));
        var arrived = await ForwardedAsync(own, TheirToken());
        Assert.Equal(("42", _provider.Name, null), (arrived.Header("X-Who"), arrived.Header("X-Realm"), arrived.Header("X-Forwarded-Issuer")));
    }

    [Fact]
    public async Task SubjectPrefix_KeepsSubjectsApartForBackEndsThatKnowNoIssuers()
    {
        await using var gateway = await StartAsync(("Issuers:provider:Claims:SubjectPrefix", "partner:"));
        Assert.Equal("partner:42", (await ForwardedAsync(gateway, TheirToken())).Header("X-Forwarded-User"));
        Assert.Equal("42", (await ForwardedAsync(gateway, _issuer.Token())).Header("X-Forwarded-User"));
        await using var mapped = await StartAsync(("Issuers:provider:Claims:SubjectPrefix", "partner:"), ("Issuers:provider:Claims:Subject", "oid"));
        Assert.Equal("partner:7", (await ForwardedAsync(mapped, _provider.Token("""{"sub":"42","oid":"7","aud":"front-door"}"""))).Header("X-Forwarded-User"));
    }

    [Fact]
    public async Task OneIssuer_NeedsNoName()
    {
        await using var gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address);
        Assert.Null((await ForwardedAsync(gateway, _issuer.Token())).Header("X-Forwarded-Issuer"));
    }

    private string TheirToken() => _provider.Token("""{"sub":"42","aud":"front-door"}""");

    private Task<GatewayApp> StartAsync(params (string Name, string Value)[] settings)
    {
        var all = _provider.Settings(("Audiences:0", "front-door"), ("Types:0", "JWT"));
        foreach (var (name, value) in settings) all[name] = value;
        return GatewayApp.StartAsync(_issuer.Trust, _backend.Address, all);
    }

    private async Task<ReceivedRequest> ForwardedAsync(GatewayApp gateway, string token, params (string Name, string Value)[] headers)
    {
        using var client = Client.For(gateway.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/echo/x") { Headers = { Authorization = new("Bearer", token) } };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return _backend.Received.Last();
    }

    public async ValueTask DisposeAsync()
    {
        await _backend.DisposeAsync();
        await _provider.DisposeAsync();
        await _issuer.DisposeAsync();
    }
}
