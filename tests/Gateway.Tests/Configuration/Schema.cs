using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Authorization;
using FrontDoor.Gateway.Caching;
using FrontDoor.Gateway.Compression;
using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.CrossOrigin;
using FrontDoor.Gateway.Edge;
using FrontDoor.Gateway.Forwarding;
using FrontDoor.Gateway.IdentityPropagation;
using FrontDoor.Gateway.InternalTokens;
using FrontDoor.Gateway.Management;
using FrontDoor.Gateway.Observability;
using FrontDoor.Gateway.RateLimiting;
using FrontDoor.Gateway.Resilience;
using FrontDoor.Gateway.StaticFiles;
using FrontDoor.Gateway.Streams;
using FrontDoor.Gateway.Tls;
using FrontDoor.Gateway.Upstream;

namespace FrontDoor.Gateway.Tests.Configuration;

/// <summary>Makes <c>gateway/appsettings.schema.json</c> out of the option types and their doc comments.</summary>
internal static partial class Schema
{
    public static readonly IReadOnlyDictionary<string, Type> Sections = new SortedDictionary<string, Type>(StringComparer.Ordinal)
    {
        [ManagementOptions.Section] = typeof(ManagementOptions),
        [EdgeOptions.Section] = typeof(EdgeOptions),
        [TlsOptions.Section] = typeof(TlsOptions),
        [StaticSitesOptions.Section] = typeof(StaticSitesOptions),
        [IssuerOptions.Section] = typeof(IssuersOptions),
        [CredentialsOptions.Section] = typeof(CredentialsOptions),
        [TokenCacheOptions.Section] = typeof(TokenCacheOptions),
        [PolicyOptions.Section] = typeof(PoliciesOptions),
        [RateLimitOptions.Section] = typeof(RateLimitsOptions),
        [CachingOptions.Section] = typeof(CachingPoliciesOptions),
        [CompressionOptions.Section] = typeof(CompressionOptions),
        [CorsOptions.Section] = typeof(CorsPoliciesOptions),
        [RedisOptions.Section] = typeof(RedisOptions),
        [IdentityOptions.Section] = typeof(IdentityOptions),
        [InternalTokensOptions.Section] = typeof(InternalTokensOptions),
        [ResilienceOptions.Section] = typeof(ResilienceOptions),
        [UpstreamOptions.Section] = typeof(UpstreamOptions),
        [StreamsOptions.Section] = typeof(StreamsOptions),
        [TelemetryOptions.Section] = typeof(TelemetryOptions),
        [ProxySection.Section] = typeof(ProxySection),
    };

    private static readonly Dictionary<string, string> Comments = new[] { "gateway.xml", "Yarp.ReverseProxy.xml" }
        .SelectMany(file => XDocument.Load(Path.Combine(AppContext.BaseDirectory, file)).Descendants("member"))
        .DistinctBy(member => member.Attribute("name")!.Value)
        .ToDictionary(member => member.Attribute("name")!.Value, member => Text(member.Element("summary")));

    public static string Write()
    {
        var properties = new JsonObject { ["$schema"] = new JsonObject { ["type"] = "string" } };
        foreach (var (name, type) in Sections) properties[name] = Of(type, Comment($"T:{type.FullName}"));
        var root = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "Settings of the gateway. Made by SchemaTests from the option types; do not edit.",
            ["type"] = "object",
            ["properties"] = properties,
        };
        return root.ToJsonString(new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }

    private static JsonObject Of(Type type, string? comment)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var schema = new JsonObject();
        if (!string.IsNullOrEmpty(comment)) schema["description"] = comment;
        if (SettingCheck.IsFlags(type)) return With(schema, ("type", "array"), ("items", Of(type.GetEnumNames())));
        if (type.IsEnum) return With(schema, ("enum", Of(type.GetEnumNames())["enum"]!.DeepClone()));
        if (SettingCheck.ElementOf(type) is var (element, written))
        {
            var of = Of(element, Comment($"T:{element.FullName}"));
            return written == "a list" ? With(schema, ("type", "array"), ("items", of)) : With(schema, ("type", "object"), ("additionalProperties", of));
        }

        if (type == typeof(bool)) return With(schema, ("type", "boolean"));
        if (type == typeof(int) || type == typeof(long)) return With(schema, ("type", "integer"));
        if (type == typeof(double)) return With(schema, ("type", "number"));
        if (type == typeof(TimeSpan)) return With(schema, ("type", "string"), ("pattern", @"^(\d+\.)?\d{1,2}:\d{2}(:\d{2}(\.\d{1,7})?)?$"));
        if (type.Namespace!.StartsWith("System", StringComparison.Ordinal)) return With(schema, ("type", "string"));

        var properties = new JsonObject();
        foreach (var property in SettingCheck.PropertiesOf(type)) properties[property.Name] = Of(property.PropertyType, Comment($"P:{property.DeclaringType!.FullName}.{property.Name}"));
        return With(schema, ("type", "object"), ("properties", properties), ("additionalProperties", false));
    }

    private static JsonObject Of(string[] names) => new() { ["enum"] = new JsonArray([.. names.Select(n => (JsonNode)n)]) };

    private static JsonObject With(JsonObject schema, params (string Name, JsonNode Value)[] members)
    {
        foreach (var (name, value) in members) schema[name] = value;
        return schema;
    }

    private static string? Comment(string member) => Comments.GetValueOrDefault(member);

    // A reference is told by its last name.
    private static string Text(XElement? comment) => comment is null ? "" : Blanks().Replace(
        string.Concat(comment.Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "see" } see => (see.Attribute("cref") ?? see.Attribute("langword") ?? see.Attribute("href"))?.Value.Split('.', '(')[^1],
            XElement element => Text(element),
            _ => node.ToString(SaveOptions.DisableFormatting).Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal),
        })), " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
