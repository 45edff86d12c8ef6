using System.Runtime.CompilerServices;
using FrontDoor.Gateway.Configuration;
using NJsonSchema;
using Xunit;

namespace FrontDoor.Gateway.Tests.Configuration;

public sealed class SchemaTests
{
    /// <summary>To write it anew: <c>UPDATE_SCHEMA=1 dotnet test --project tests/Gateway.Tests -- --filter-class "*SchemaTests"</c>.</summary>
    [Fact]
    public void CommittedSchema_IsThatOfTheOptionTypes()
    {
        if (Environment.GetEnvironmentVariable("UPDATE_SCHEMA") == "1") File.WriteAllText(InGateway("appsettings.schema.json"), Schema.Write());
        Assert.Equal(Schema.Write(), File.ReadAllText(InGateway("appsettings.schema.json")).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void EverySectionOfTheConfiguration_IsInTheSchema() => Assert.Empty(typeof(GatewayConfig).GetProperties()
        .Where(p => p.PropertyType != typeof(int) && p.PropertyType != typeof(SettingsText) && !p.PropertyType.IsInterface)
        .Select(p => p.PropertyType).Except(Schema.Sections.Values));

    [Fact]
    public async Task ShippedSettings_AreValid()
    {
        var schema = await JsonSchema.FromJsonAsync(Schema.Write(), TestContext.Current.CancellationToken);
        Assert.Empty(schema.Validate(await File.ReadAllTextAsync(InGateway("appsettings.json"), TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData("""{ "Policies": { "x": { "Role": { "Any": [ "a" ] } } } }""")]
    [InlineData("""{ "Policies": { "x": { "Roles": { "Any": "a" } } } }""")]
    [InlineData("""{ "Edge": { "MaxRequestBodyBytes": "many" } }""")]
    [InlineData("""{ "Resilience": { "Clusters": { "c": { "AttemptTimeout": "soon" } } } }""")]
    [InlineData("""{ "Issuers": { "i": { "Revocations": { "WhenStale": "Ajar" } } } }""")]
    [InlineData("""{ "ReverseProxy": { "Routes": { "r": { "AuthorisationPolicy": "x" } } } }""")]
    [InlineData("""{ "ReverseProxy": { "Clusters": { "c": { "HttpClient": { "SslProtocols": [ "Tls99" ] } } } } }""")]
    public async Task FaultySettings_AreNot(string settings)
    {
        var schema = await JsonSchema.FromJsonAsync(Schema.Write(), TestContext.Current.CancellationToken);
        Assert.NotEmpty(schema.Validate(settings));
    }

    private static string InGateway(string file, [CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(here, "../../../../gateway", file));
}
