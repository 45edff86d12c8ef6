using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace FrontDoor.TokenService.Documentation;

/// <summary>The head of the document, and how a request shows whose it is.</summary>
internal sealed class DescribeDocument : IOpenApiDocumentTransformer
{
    public const string Bearer = "bearer";
    public const string Client = "client";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Token service",
            Version = "v1",
            Description = "Every path also works with a trailing slash. Faults of a body are 400 with a list of texts for each field; others are `{\"detail\"}`. "
                + "Under `/oauth` every fault is `{\"error\", \"error_description\"}`.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "The `access` of a sign-in. Its session has to live.",
        };
        document.Components.SecuritySchemes[Client] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "basic",
            Description = "The client's id and secret, each form-encoded first (RFC 6749 section 2.3.1); or as `client_id` and `client_secret` in the body.",
        };
        return Task.CompletedTask;
    }
}
