using System.CommandLine;

namespace FrontDoor.Gateway.Commands;

/// <summary><c>gateway healthcheck [URL]</c>: asks the running gateway's management listener, for containers whose image has no curl.</summary>
internal static class HealthCheckCommand
{
    public static Command Create()
    {
        var url = new Argument<string>("url") { Description = "What to ask", DefaultValueFactory = _ => "http://127.0.0.1:8081/health/ready" };
        var command = new Command("healthcheck", "Ask the running gateway whether it is ready; exit code 0 or 1 within 3 seconds") { url };
        command.SetAction((options, _) => AskAsync(options.GetRequiredValue(url)));
        return command;
    }

    /// <returns>0 when ready; 1 otherwise, with the reason on standard error. Never takes longer than 3 seconds.</returns>
    public static async Task<int> AskAsync(string url)
    {
        try
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
            using var response = await client.GetAsync(new Uri(url));
            if (response.IsSuccessStatusCode) return 0;
            await Console.Error.WriteLineAsync($"{url} answered {(int)response.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or UriFormatException or NotSupportedException)
        {
            await Console.Error.WriteLineAsync($"{url}: {e.Message}");
        }

        return 1;
    }
}
