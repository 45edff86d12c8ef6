using System.Text.Json;
using FrontDoor.TokenService.Endpoints;
using Microsoft.Extensions.Options;
using Scalar.AspNetCore;

namespace FrontDoor.TokenService.Documentation;

/// <summary><c>/openapi/v1.json</c>, and <c>/docs</c> for people. On the service's own port: no route of the gateway leads there.</summary>
internal static class DocumentationSetup
{
    public static void AddDocumentation(this WebApplicationBuilder builder)
    {
        // The document describes members by it, and answers are written with it.
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        builder.Services.AddOpenApi(openApi =>
        {
            openApi.AddDocumentTransformer<DescribeDocument>();
            openApi.AddOperationTransformer<DescribeOperation>();
        });
    }

    public static void MapDocumentation(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<IOptions<EndpointOptions>>().Value.ApiDocumentation) return;
        app.MapOpenApi();
        // Everything the page needs comes from the package: nothing is loaded from, or told to, anybody else.
        app.MapScalarApiReference("/docs", page => page.WithTitle("Token service").DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp());
    }
}
