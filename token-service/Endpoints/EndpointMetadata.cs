using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>What <c>OPTIONS</c> answers, as Django REST framework does.</summary>
internal sealed record EndpointMetadata(string Name, string Description, IReadOnlyList<string> Renders, IReadOnlyList<string> Parses, PostAction Actions);

internal sealed record PostAction([property: JsonPropertyName("POST")] IReadOnlyDictionary<string, FieldMetadata> Post);

/// <summary>One field of a request, in the words of Django REST framework's <c>SimpleMetadata</c>.</summary>
internal sealed record FieldMetadata(string Type, bool Required, bool ReadOnly, string Label)
{
    /// <param name="fields">Has a property for each field; one that may be absent is nullable.</param>
    public static IReadOnlyDictionary<string, FieldMetadata> Of(Type fields) =>
        fields.GetProperties().ToDictionary(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name), Of);

    private static FieldMetadata Of(PropertyInfo field)
    {
        var nullability = new NullabilityInfoContext().Create(field);
        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(field.Name).Replace('_', ' ');
        return new(
            field.PropertyType == typeof(bool?) ? "boolean" : "string",
            Required: nullability.ReadState == NullabilityState.NotNull,
            ReadOnly: false,
            Label: char.ToUpperInvariant(name[0]) + name[1..]);
    }
}
