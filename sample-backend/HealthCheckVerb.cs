using System.Net;

namespace FrontDoor.SampleBackend;

/// <summary><c>healthcheck [url]</c>: asks the running app for its health; exit code 0 or 1. The image has no curl for it.</summary>
internal static class HealthCheckVerb
{
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            // A proxy named by the environment is for the way out, never for asking oneself.
            using var handler = new SocketsHttpHandler { UseProxy = false };
            using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(2) };
            using var response = await client.GetAsync(HealthUrl(args));
            return response.StatusCode == HttpStatusCode.OK ? 0 : Unhealthy($"answered {(int)response.StatusCode}");
        }
        catch (Exception failure)
        {
            // Whatever it is, a wrong address in the environment included: the app has not been seen healthy.
            return Unhealthy(failure.Message);
        }
    }

    /// <summary>The argument, or else what Kestrel goes by, in its order: URLs before ports.</summary>
    private static Uri HealthUrl(string[] args)
    {
        var environment = new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").Build();
        var listening = args.FirstOrDefault()
            ?? First(environment["URLS"])
            ?? (First(environment["HTTP_PORTS"]) is { } port ? $"http://127.0.0.1:{port}" : DefaultUrl.Value);

        var address = BindingAddress.Parse(listening);
        var host = address.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host;
        return new UriBuilder(address.Scheme, host, address.Port, "/health").Uri;
    }

    private static string? First(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault();

    private static int Unhealthy(string reason)
    {
        Console.Error.WriteLine($"unhealthy: {reason.ReplaceLineEndings(" ")}");
        return 1;
    }
}
