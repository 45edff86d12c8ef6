using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace FrontDoor.TokenService.Documentation;

/// <summary>Writes what <see cref="EndpointDescriptions"/> said of an endpoint into the document.</summary>
internal sealed class DescribeOperation : IOpenApiOperationTransformer
{
    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<NeedsAccessToken>().Any()) operation.Security = [Requirement(DescribeDocument.Bearer, context)];
        if (metadata.OfType<NeedsClient>().Any()) operation.Security = [Requirement(DescribeDocument.Client, context)];

        foreach (var parameter in metadata.OfType<QueryParameter>())
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = parameter.Name,
                In = ParameterLocation.Query,
                Description = parameter.Description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }

        if (metadata.OfType<BodyFields>().SingleOrDefault() is not { } body) return;
        var schema = await context.GetOrCreateSchemaAsync(body.Type, cancellationToken: cancellationToken);
        // A field that may be absent may not be null.
        foreach (var field in (schema.Properties ?? new Dictionary<string, IOpenApiSchema>()).Values.OfType<OpenApiSchema>()) field.Type &= ~JsonSchemaType.Null;
        context.Document!.AddComponent(body.Type.Name, schema);
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = body.MediaTypes.ToDictionary(
                type => type, _ => new OpenApiMediaType { Schema = new OpenApiSchemaReference(body.Type.Name, context.Document) }),
        };
    }

    private static OpenApiSecurityRequirement Requirement(string scheme, OpenApiOperationTransformerContext context) =>
        new() { [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [] };
}
