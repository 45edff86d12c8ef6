using FrontDoor.Gateway.Forwarding;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace FrontDoor.Gateway.Tests.Forwarding;

public sealed class RouteSettingsTests
{
    [Theory]
    [InlineData("ReverseProxy:Routes:a:AuthorisationPolicy", "ReverseProxy:Routes:a:AuthorisationPolicy is not a setting; did you mean AuthorizationPolicy?")]
    [InlineData("ReverseProxy:Routes:a:RateLimitPolicy", "ReverseProxy:Routes:a:RateLimitPolicy is not a setting; did you mean RateLimiterPolicy?")]
    [InlineData("ReverseProxy:Routes:a:Policy", "ReverseProxy:Routes:a:Policy is not a setting")]
    [InlineData("ReverseProxy:Routes:a:Match:Method:0", "ReverseProxy:Routes:a:Match:Method is not a setting; did you mean Methods?")]
    [InlineData("ReverseProxy:Clusters:c:Destination:d:Address", "ReverseProxy:Clusters:c:Destination is not a setting; did you mean Destinations?")]
    [InlineData("ReverseProxy:Clusters:c:Destinations:d:Adress", "ReverseProxy:Clusters:c:Destinations:d:Adress is not a setting; did you mean Address?")]
    [InlineData("ReverseProxy:Routes:a:ClusterId", "ReverseProxy:Routes:a:ClusterId is x, which ReverseProxy:Clusters does not have")]
    [InlineData("ReverseProxy:Route:a:ClusterId", "ReverseProxy:Route is not a setting; did you mean Routes?")]
    [InlineData("Polices:admin:Roles:Any:0", "Polices is not a section; did you mean Policies?")]
    [InlineData("RateLimit:a:Permits", "RateLimit is not a section; did you mean RateLimits?")]
    public void MisspeltName_IsAFaultWithASuggestion(string setting, string fault) => Assert.Equal([fault], Faults(setting));

    [Theory]
    [InlineData("ReverseProxy:Routes:a:authorizationpolicy")]
    [InlineData("ReverseProxy:Routes:a:Transforms:0:RequestHeaderRemove")]
    [InlineData("ReverseProxy:Routes:a:Match:Headers:0:Name")]
    [InlineData("ReverseProxy:Routes:a:Metadata:anything")]
    [InlineData("ReverseProxy:Clusters:c:HttpClient:SslProtocols:0")]
    [InlineData("ReverseProxy:Clusters:c:HealthCheck:Active:Enabled")]
    [InlineData("PATH")]
    [InlineData("Polices")]
    public void KnownAndForeignNames_AreNoFault(string setting) => Assert.Empty(Faults(setting));

    private static IEnumerable<string> Faults(string setting)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(setting, "x")]).Build();
        return new RouteSettingsValidator(configuration).Validate(null, new RouteSettings()).Failures ?? [];
    }
}
