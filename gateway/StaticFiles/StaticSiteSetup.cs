using FrontDoor.Gateway.Edge;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.StaticFiles;

internal static class StaticSiteSetup
{
    public static void AddStaticSite(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<StaticSiteOptions>, StaticSiteOptionsValidator>();
        services.AddOptions<StaticSiteOptions>().BindConfiguration(StaticSiteOptions.Section, StrictBinding.Of).ValidateOnStart();
    }

    /// <summary>Files and index pages. Comes before routing, so a catch-all route cannot silence it.</summary>
    public static void UseStaticSite(this WebApplication app)
    {
        var site = app.Services.GetRequiredService<IOptions<StaticSiteOptions>>().Value;
        if (site.Root is null) return;

        // PhysicalFileProvider refuses paths above its root. It hides files whose own name starts with a dot, but not what is below .git/.
        var files = new PhysicalFileProvider(Path.GetFullPath(site.Root, app.Environment.ContentRootPath));
        app.UseWhen(context => !HiddenPath.IsOne(context.Request.Path), shown =>
        {
            shown.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
            // "/app.js/" is no file, though the provider finds one and then cannot open it.
            shown.UseWhen(context => !context.Request.Path.Value!.EndsWith('/'), named => named.UseStaticFiles(FileOptions(site, files)));
        });
    }

    /// <summary>The page for client-side routes. Comes after routing: whatever a route matches is not a page.</summary>
    public static void UseSinglePageFallback(this WebApplication app)
    {
        var site = app.Services.GetRequiredService<IOptions<StaticSiteOptions>>().Value;
        if (site.Root is null || site.SinglePageFallback is not { } page) return;

        var files = new PhysicalFileProvider(Path.GetFullPath(site.Root, app.Environment.ContentRootPath));
        app.UseWhen(context => Navigation.IsOne(context, site.NeverFallBack), navigation =>
        {
            navigation.Use((context, next) =>
            {
                context.Request.Path = "/" + page;
                return next(context);
            });
            navigation.UseStaticFiles(FileOptions(site, files));
        });
    }

    private static StaticFileOptions FileOptions(StaticSiteOptions site, PhysicalFileProvider files) => new()
    {
        FileProvider = files,
        // nginx serves what it has no type for as well; the browser may not guess either (nosniff).
        ServeUnknownFileTypes = true,
        DefaultContentType = "application/octet-stream",
        OnPrepareResponse = file =>
        {
            var headers = file.Context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            foreach (var (name, value) in site.Headers) headers[name] = value;
        },
    };
}
