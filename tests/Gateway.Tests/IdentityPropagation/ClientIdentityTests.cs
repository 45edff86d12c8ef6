using FrontDoor.Gateway.IdentityPropagation;
using Xunit;

namespace FrontDoor.Gateway.Tests.IdentityPropagation;

public sealed class ClientIdentityTests
{
    private static readonly ClientIdentity Shipped = new(new IdentityOptions());

    [Theory]
    [InlineData("X-Forwarded-User")]
    [InlineData("x-forwarded-user")]
    [InlineData("X_Forwarded_User")]
    [InlineData("x.forwarded.user")]
    [InlineData("XForwardedUser")]
    [InlineData("X-Forwarded_User")]
    [InlineData("X--Forwarded--User")]
    [InlineData("_X-Forwarded-User_")]
    [InlineData("X!Forwarded~User")]
    [InlineData("X-Forwarded-Name")]
    [InlineData("X-Forwarded-Roles")]
    [InlineData("X-Forwarded-Scopes")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-Forwarded-Host")]
    [InlineData("X-Forwarded-Proto")]
    [InlineData("X-Forwarded-Prefix")]
    [InlineData("X-Forwarded-Uri")]
    [InlineData("X-Forwarded-Anything-New")]
    [InlineData("Forwarded")]
    [InlineData("FORWARDED")]
    [InlineData("Forwarded-For")]
    [InlineData("X-Real-IP")]
    [InlineData("X_Real_Ip")]
    [InlineData("X-Original-URL")]
    [InlineData("X-Original-Forwarded-For")]
    [InlineData("X-Original-Method")]
    [InlineData("X-Rewrite-URL")]
    [InlineData("X-Auth-Request-User")]
    [InlineData("X-User-Id")]
    [InlineData("X_User_Id")]
    [InlineData("X.User.Id")]
    [InlineData("X-User")]
    [InlineData("Remote-User")]
    [InlineData("REMOTE_USER")]
    [InlineData("X-Remote-User")]
    [InlineData("X-Client-Cert")]
    [InlineData("X-SSL-Client-DN")]
    [InlineData("X-Envoy-Original-Path")]
    [InlineData("X-Client-IP")]
    [InlineData("True-Client-IP")]
    [InlineData("CF-Connecting-IP")]
    [InlineData("X-User-Agent-Id")]
    [InlineData("Client-Cert")]
    [InlineData("Client-Cert-Chain")]
    [InlineData("SSL-Client-Verify")]
    [InlineData("ssl_client_s_dn")]
    [InlineData("Client-IP")]
    [InlineData("X-Cluster-Client-IP")]
    [InlineData("X-ProxyUser-IP")]
    [InlineData("Fastly-Client-IP")]
    [InlineData("WL-Proxy-Client-IP")]
    [InlineData("Remote-Groups")]
    [InlineData("X-Remote-Group")]
    [InlineData("X-Remote-Extra-Scopes")]
    [InlineData("X-Authenticated-User")]
    [InlineData("X-WEBAUTH-USER")]
    [InlineData("X-MS-CLIENT-PRINCIPAL")]
    [InlineData("X-Goog-Authenticated-User-Email")]
    [InlineData("X-Host")]
    [InlineData("X-HTTP-Host-Override")]
    [InlineData("X-Scheme")]
    [InlineData("X-Url-Scheme")]
    [InlineData("Front-End-Https")]
    [InlineData("Proxy")]
    public void NameOfIdentityOrRouting_IsClaimed(string header) => Assert.True(Shipped.Claims(header));

    [Theory]
    [InlineData("X-User-Agent")]
    [InlineData("X-Requested-With")]
    [InlineData("X-Correlation-Id")]
    [InlineData("User-Agent")]
    [InlineData("Accept")]
    [InlineData("Authorization")]
    [InlineData("Cookie")]
    [InlineData("Content-Type")]
    [InlineData("Host")]
    [InlineData("Origin")]
    [InlineData("Referer")]
    [InlineData("X-CSRFToken")]
    [InlineData("X-API-Key")]
    [InlineData("traceparent")]
    [InlineData("Max-Forwards")]
    [InlineData("Not-X-Forwarded-User")]
    [InlineData("")]
    [InlineData("---")]
    public void OrdinaryName_IsNotClaimed(string header) => Assert.False(Shipped.Claims(header));

    [Fact]
    public void ConfiguredHeader_IsClaimedInEverySpelling()
    {
        var identity = new ClientIdentity(new IdentityOptions { Headers = new Dictionary<string, string> { ["My-Tenant"] = "tenant" }, AlsoRemove = ["X-Legacy-Auth"] });
        Assert.All(["My-Tenant", "my_tenant", "MY.TENANT", "X-Legacy-Auth", "x_legacy_auth_token"], header => Assert.True(identity.Claims(header), header));
        Assert.False(Shipped.Claims("My-Tenant"));
    }

    [Fact]
    public void ConfiguredHeaders_DoNotReplaceTheFixedOnes()
    {
        var identity = new ClientIdentity(new IdentityOptions { Headers = new Dictionary<string, string> { ["My-User"] = "sub" } });
        Assert.All(["X-Forwarded-User", "X-Real-IP", "Forwarded"], header => Assert.True(identity.Claims(header), header));
    }
}
