using Xunit;

namespace FrontDoor.Gateway.Tests.Configuration;

public sealed class ConfigReaderTests(SharedGateway gateway)
{
    [Fact]
    public void SoundSettings_HaveNoFault() => Assert.Empty(Read.Faults(gateway.App));

    [Theory]
    [InlineData("ReverseProxy:Routes:a:AuthorisationPolicy", "ReverseProxy:Routes:a:AuthorisationPolicy is not a setting; did you mean AuthorizationPolicy?")]
    [InlineData("ReverseProxy:Routes:a:RateLimitPolicy", "ReverseProxy:Routes:a:RateLimitPolicy is not a setting; did you mean RateLimiterPolicy?")]
    [InlineData("ReverseProxy:Routes:a:Policy", "ReverseProxy:Routes:a:Policy is not a setting")]
    [InlineData("ReverseProxy:Routes:a:RouteId", "ReverseProxy:Routes:a:RouteId is not a setting")]
    [InlineData("ReverseProxy:Clusters:c:ClusterId", "ReverseProxy:Clusters:c:ClusterId is not a setting")]
    [InlineData("ReverseProxy:Routes:a:Match:Method:0", "ReverseProxy:Routes:a:Match:Method is not a setting; did you mean Methods?")]
    [InlineData("ReverseProxy:Routes:a:Match:Headers:0:Nme", "ReverseProxy:Routes:a:Match:Headers:0:Nme is not a setting; did you mean Name?")]
    [InlineData("ReverseProxy:Routes:a:Match:QueryParameters:0:Value", "ReverseProxy:Routes:a:Match:QueryParameters:0:Value is not a setting; did you mean Values?")]
    [InlineData("ReverseProxy:Clusters:c:Destination:d:Address", "ReverseProxy:Clusters:c:Destination is not a setting; did you mean Destinations?")]
    [InlineData("ReverseProxy:Clusters:c:Destinations:d:Adress", "ReverseProxy:Clusters:c:Destinations:d:Adress is not a setting; did you mean Address?")]
    [InlineData("ReverseProxy:Clusters:c:HealthCheck:Active:Intervall", "ReverseProxy:Clusters:c:HealthCheck:Active:Intervall is not a setting; did you mean Interval?")]
    [InlineData("ReverseProxy:Clusters:c:SessionAffinity:Cookie:Pth", "ReverseProxy:Clusters:c:SessionAffinity:Cookie:Pth is not a setting; did you mean Path?")]
    [InlineData("ReverseProxy:Clusters:c:HttpClient:SslProtocol", "ReverseProxy:Clusters:c:HttpClient:SslProtocol is not a setting; did you mean SslProtocols?")]
    [InlineData("ReverseProxy:Clusters:c:HttpClient:WebProxy:Adress", "ReverseProxy:Clusters:c:HttpClient:WebProxy:Adress is not a setting; did you mean Address?")]
    [InlineData("ReverseProxy:Clusters:c:HttpRequest:Timeout", "ReverseProxy:Clusters:c:HttpRequest:Timeout is not a setting")]
    [InlineData("ReverseProxy:Route:a:ClusterId", "ReverseProxy:Route is not a setting; did you mean Routes?")]
    [InlineData("Polices:admin:Roles:Any:0", "Polices is not a section; did you mean Policies?")]
    [InlineData("RateLimit:a:Permits", "RateLimit is not a section; did you mean RateLimits?")]
    [InlineData("Issuers:main:Revocations:FeedAdress", "Issuers:main:Revocations:FeedAdress is not a setting; did you mean FeedAddress?")]
    public void MisspeltName_IsAFaultWithASuggestion(string path, string fault) => Assert.Contains(fault, Read.Faults(gateway.App, (path, "x")));

    [Theory]
    [InlineData("ReverseProxy:Routes:a:authorizationpolicy", "ADMIN")]
    [InlineData("ReverseProxy:Routes:a:AuthorizationPolicy", "anonymous")]
    [InlineData("ReverseProxy:Routes:a:AuthorizationPolicy", "")]
    [InlineData("ReverseProxy:Routes:a:RateLimiterPolicy", "tight")]
    [InlineData("ReverseProxy:Routes:a:RateLimiterPolicy", "Disable")]
    [InlineData("ReverseProxy:Routes:a:RateLimiterPolicy", "tight, personal")]
    [InlineData("ReverseProxy:Routes:a:Transforms:0:RequestHeaderRemove", "Cookie")]
    [InlineData("ReverseProxy:Routes:a:Match:Hosts:0", "a.test")]
    [InlineData("ReverseProxy:Routes:a:Metadata:anything", "x")]
    [InlineData("ReverseProxy:Clusters:c:HttpClient:SslProtocols:0", "Tls13")]
    [InlineData("ReverseProxy:Clusters:c:HttpRequest:Version", "1.1")]
    [InlineData("ReverseProxy:Clusters:c:HttpRequest:Version", "2")]
    [InlineData("ReverseProxy:Clusters:c:HealthCheck:Active:Enabled", "false")]
    [InlineData("Resilience:Clusters:C:Retries", "0")]
    [InlineData("$schema", "appsettings.schema.json")]
    [InlineData("PATH", "/bin")]
    [InlineData("Polices", "x")]
    public void KnownAndForeignNames_AreNoFault(string path, string value) => Assert.Empty(Read.Faults(gateway.App, (path, value)));

    [Theory]
    [InlineData("Edge:MaxRequestBodyBytes", "many", "Edge:MaxRequestBodyBytes is 'many'; it must be a whole number")]
    [InlineData("Edge", "x", "Edge is 'x'; it must be an object")]
    [InlineData("Policies:admin:Roles:Any", "admin", "Policies:admin:Roles:Any is 'admin'; it must be a list")]
    [InlineData("Issuers:main:Issuer:0", "x", "Issuers:main:Issuer is an object or a list; it must be a single value")]
    [InlineData("Issuers:main:Revocations:WhenStale", "Ajar", "Issuers:main:Revocations:WhenStale is 'Ajar'; it must be one of Open, Closed")]
    [InlineData("Resilience:Clusters:c:AttemptTimeout", "soon", "Resilience:Clusters:c:AttemptTimeout is 'soon'; it must be a time such as 00:00:30")]
    [InlineData("ReverseProxy:Clusters:c:HttpClient:DangerousAcceptAnyServerCertificate", "yes", "ReverseProxy:Clusters:c:HttpClient:DangerousAcceptAnyServerCertificate is 'yes'; it must be true or false")]
    [InlineData("ReverseProxy:Clusters:c:HttpClient:SslProtocols", "Tls13", "ReverseProxy:Clusters:c:HttpClient:SslProtocols is 'Tls13'; it must be a list")]
    [InlineData("ReverseProxy:Clusters:c:HttpClient:SslProtocols:0", "Tls99", "ReverseProxy:Clusters:c:HttpClient:SslProtocols:0 is 'Tls99'; it must be one of None")]
    [InlineData("ReverseProxy:Routes:a:Match:Headers:0:Mode", "Loosely", "ReverseProxy:Routes:a:Match:Headers:0:Mode is 'Loosely'; it must be one of ExactHeader")]
    [InlineData("ReverseProxy:Routes:a:Order", "0x10", "ReverseProxy cannot be read: ")]
    public void ValueOfAnotherKind_IsAFault(string path, string value, string fault)
    {
        var faults = Read.Faults(gateway.App, (path, value));
        Assert.True(faults.Any(f => f.StartsWith(fault, StringComparison.Ordinal)), string.Join('\n', faults));
    }

    [Theory]
    [InlineData("ReverseProxy:Routes:a:Match:Path", "a/{b", "ReverseProxy:Routes:a: Invalid path")]
    [InlineData("ReverseProxy:Routes:a:Match:Path", "", "ReverseProxy:Routes:a: Route 'a' requires Hosts or Path specified")]
    [InlineData("ReverseProxy:Routes:a:Match:Methods:0", "", "ReverseProxy:Routes:a: ")]
    [InlineData("ReverseProxy:Routes:a:Transforms:0:RequestHeaderRemoved", "x", "ReverseProxy:Routes:a: Unknown transform")]
    [InlineData("ReverseProxy:Clusters:c:LoadBalancingPolicy", "Fair", "ReverseProxy:Clusters:c: No matching ILoadBalancingPolicy found for the load balancing policy 'Fair'")]
    [InlineData("ReverseProxy:Clusters:c:HttpClient:RequestHeaderEncoding", "klingon", "ReverseProxy:Clusters:c: ")]
    [InlineData("ReverseProxy:Routes:a:ClusterId", "", "ReverseProxy:Routes:a:ClusterId is missing")]
    [InlineData("ReverseProxy:Routes:a:ClusterId", "x", "ReverseProxy:Routes:a:ClusterId is x, which ReverseProxy:Clusters does not have; did you mean c?")]
    [InlineData("ReverseProxy:Routes:a:AuthorizationPolicy", "admins", "ReverseProxy:Routes:a:AuthorizationPolicy is admins, which Policies does not have; did you mean admin?")]
    [InlineData("ReverseProxy:Routes:a:AuthorizationPolicy", "Anonymus", "ReverseProxy:Routes:a:AuthorizationPolicy is Anonymus, which Policies does not have; did you mean Anonymous?")]
    [InlineData("ReverseProxy:Routes:a:RateLimiterPolicy", "loose", "ReverseProxy:Routes:a:RateLimiterPolicy is loose, which RateLimits does not have")]
    [InlineData("ReverseProxy:Routes:a:RateLimiterPolicy", "tight, personnel", "ReverseProxy:Routes:a:RateLimiterPolicy is personnel, which RateLimits does not have; did you mean personal?")]
    [InlineData("ReverseProxy:Routes:a:RateLimiterPolicy", "tight,", "ReverseProxy:Routes:a:RateLimiterPolicy is , which RateLimits does not have")]
    [InlineData("ReverseProxy:Routes:open:RateLimiterPolicy", "personal", "ReverseProxy:Routes:open:RateLimiterPolicy is personal, which counts by User; nobody is known on an anonymous route")]
    [InlineData("ReverseProxy:Routes:a:Timeout", "00:00:01", "ReverseProxy:Routes:a:Timeout is not supported; timeouts are in Resilience:Clusters")]
    [InlineData("ReverseProxy:Routes:a:CorsPolicy", "Default", "ReverseProxy:Routes:a:CorsPolicy is Default, which Cors does not have")]
    [InlineData("ReverseProxy:Routes:a:OutputCachePolicy", "x", "ReverseProxy:Routes:a:OutputCachePolicy is x, which Caching does not have")]
    [InlineData("ReverseProxy:Routes:a:OutputCachePolicy", "public", "ReverseProxy:Routes:a:OutputCachePolicy is public, which would give one user's answers to another; set PerUser")]
    [InlineData("ReverseProxy:Routes:open:OutputCachePolicy", "own", "ReverseProxy:Routes:open:OutputCachePolicy is own, which keeps answers per user; nobody is known")]
    [InlineData("Caching:own:MaxAge", "2.00:00:00", "Caching:own:MaxAge is 2.00:00:00; it must be from 00:00:00 to 1.00:00:00")]
    [InlineData("Caching:own:VaryByQuery:0", "*", "Caching:own varies by an empty name or by *; name each")]
    [InlineData("ReverseProxy:Clusters:c:Destinations:d:Address", "http://unix:app.sock", "ReverseProxy:Clusters:c:Destinations:d:Address is http://unix:app.sock; a Unix socket is written")]
    [InlineData("ReverseProxy:Clusters:c:Destinations:d:Health", "http://unix:/a:b", "ReverseProxy:Clusters:c:Destinations:d:Health is http://unix:/a:b; what follows")]
    [InlineData("Upstream:Clusters:other:CaFile", "x", "Upstream:Clusters:other is for a cluster that ReverseProxy:Clusters does not have")]
    [InlineData("Upstream:Clusters:c:CaFile", "nowhere.pem", "Upstream:Clusters:c:CaFile cannot be used: Could not find file")]
    [InlineData("Upstream:Clusters:c:ClientKeyFile", "nowhere.pem", "Upstream:Clusters:c has one of ClientCertificateFile and ClientKeyFile; they go together")]
    [InlineData("Upstream:Clusters:c:ConnectionLifetime", "00:00:00.5", "Upstream:Clusters:c:ConnectionLifetime is 00:00:00.5000000; it must be 00:00:00, or from 00:00:01 to 1.00:00:00")]
    [InlineData("Upstream:Clusters:c:IdleTimeout", "00:00:00", "Upstream:Clusters:c:IdleTimeout is 00:00:00; it must be from 00:00:00.1 to 01:00:00")]
    [InlineData("Resilience:Clusters:other:Retries", "1", "Resilience:Clusters:other is for a cluster that ReverseProxy:Clusters does not have")]
    [InlineData("Kestrel:Endpoints:Public:Url", "everywhere", "Kestrel:Endpoints:Public:Url is everywhere; it must be an address such as http://localhost:8080")]
    [InlineData("Kestrel:Endpoints:Public:Protocols", "Http1", "Kestrel:Endpoints:Public:Url is missing")]
    [InlineData("Kestrel:Endpoints:Public:Url", "https://*:8443", "Kestrel:Endpoints:Public:Url is https://*:8443, but there is no certificate for it; set Tls:Certificates")]
    [InlineData("Kestrel:Endpoints:Management:Url", "http://0.0.0.0:1", "Kestrel:Endpoints:Management:Url is http://0.0.0.0:1; management has no authentication, so it must be on a loopback address")]
    public void FaultAmongSections_IsNamedWithItsPath(string path, string value, string fault)
    {
        var faults = Read.Faults(gateway.App, (path, value));
        Assert.True(faults.Any(f => f.StartsWith(fault, StringComparison.Ordinal)), string.Join('\n', faults));
    }

    [Theory]
    [InlineData("/a", null, null, null, true)]
    [InlineData("/A/", null, null, null, true)]
    [InlineData("/a", null, null, "1", false)]
    [InlineData("/a", "GET", null, null, false)]
    [InlineData("/a", null, "a.test", null, false)]
    [InlineData("/b", null, null, null, false)]
    public void RouteLikeAnother_IsAFault(string path, string? method, string? host, string? order, bool overlaps)
    {
        var faults = Read.Faults(
            gateway.App, ("ReverseProxy:Routes:b:ClusterId", "c"), ("ReverseProxy:Routes:b:Match:Path", path), ("ReverseProxy:Routes:b:Match:Methods:0", method),
            ("ReverseProxy:Routes:b:Match:Hosts:0", host), ("ReverseProxy:Routes:b:Order", order));
        Assert.Equal(overlaps ? ["ReverseProxy:Routes:b matches the same requests as a; give them different paths, methods, hosts or Order"] : [], faults);
    }

    [Fact]
    public void RouteThatSharesHostsWithAnother_IsOneFault() => Assert.Equal(
        ["ReverseProxy:Routes:b matches the same requests as a; give them different paths, methods, hosts or Order"],
        Read.Faults(
            gateway.App, ("ReverseProxy:Routes:a:Match:Hosts:0", "a.test"), ("ReverseProxy:Routes:a:Match:Hosts:1", "b.test"), ("ReverseProxy:Routes:b:ClusterId", "c"),
            ("ReverseProxy:Routes:b:Match:Path", "/a"), ("ReverseProxy:Routes:b:Match:Hosts:0", "B.test"), ("ReverseProxy:Routes:b:Match:Hosts:1", "A.test")));

    [Theory]
    [InlineData("/x/{id}", "/x/{name}", true)]
    [InlineData("/x/{id}", "/x/{name?}", true)]
    [InlineData("/x/{**a}", "/x/{*b}", true)]
    [InlineData("/x/{id:int}", "/x/{no:int}", true)]
    [InlineData("/x/{id:int}", "/x/{id}", false)]
    [InlineData("/x/{id}", "/x/{**rest}", false)]
    [InlineData("/x/{id}", "/x/y", false)]
    public void PathsWithParameters_OverlapByShape(string one, string other, bool overlap) => Assert.Equal(overlap ? 1 : 0, Read.Faults(
        gateway.App, ("ReverseProxy:Routes:a:Match:Path", one), ("ReverseProxy:Routes:b:ClusterId", "c"), ("ReverseProxy:Routes:b:Match:Path", other)).Count);
}
