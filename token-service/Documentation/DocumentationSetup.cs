using System.Security.Cryptography;
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
        app.MapScalarApiReference("/docs", (page, context) =>
        {
            // Everything the page needs comes from the package: nothing is loaded from, or told to, anybody else. The policy makes sure.
            page.Nonce = RandomNumberGenerator.GetHexString(32, lowercase: true);
            context.Response.Headers.ContentSecurityPolicy =
                $"default-src 'self'; script-src 'self' 'nonce-{page.Nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
                + "base-uri 'none'; frame-ancestors 'none'";
            page.ShowDeveloperTools = DeveloperToolsVisibility.Never;
            page.HideClientButton = true; // it leads to another site
            page.WithTitle("Token service").DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp();
        });
    }
}
