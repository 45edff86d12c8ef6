using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace FrontDoor.Gateway.Commands;

/// <summary>Which file the settings come from, and the folder from which paths in it count: its own.</summary>
internal static class ConfigFile
{
    private const string Default = "appsettings.json";

    /// <summary>A builder that reads the file of <c>--config</c>, or else the current folder's appsettings.json, or else the one beside the binary.</summary>
    /// <exception cref="StartupFaultException">The named file does not exist.</exception>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var arguments = new ConfigurationBuilder().AddEnvironmentVariables("DOTNET_").AddEnvironmentVariables("ASPNETCORE_").AddCommandLine(args).Build();
        var named = new ConfigurationBuilder().AddCommandLine(args).Build()["config"];
        if (named is not null && !File.Exists(named)) throw new StartupFaultException($"--config names a file that does not exist: {named}");

        var folder = named is null ? FolderOfDefault() : Path.GetDirectoryName(Path.GetFullPath(named));
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = arguments[HostDefaults.ContentRootKey] is null ? folder : null });
        if (named is not null) ReadInstead(builder.Configuration, Path.GetFullPath(named));
        return builder;
    }

    private static string? FolderOfDefault() => !File.Exists(Default) && File.Exists(Path.Combine(AppContext.BaseDirectory, Default)) ? AppContext.BaseDirectory : null;

    private static void ReadInstead(ConfigurationManager configuration, string file)
    {
        var sources = ((IConfigurationBuilder)configuration).Sources;
        var place = sources.IndexOf(sources.OfType<JsonConfigurationSource>().First());
        sources.Insert(place, new JsonConfigurationSource
        {
            FileProvider = new PhysicalFileProvider(Path.GetDirectoryName(file)!),
            Path = Path.GetFileName(file),
            ReloadOnChange = true,
        });
        foreach (var json in sources.OfType<JsonConfigurationSource>().Skip(1).ToArray()) sources.Remove(json);
    }
}
