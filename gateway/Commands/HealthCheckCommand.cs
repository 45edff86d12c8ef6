namespace FrontDoor.Gateway.Commands;

/// <summary><c>gateway healthcheck [URL]</c>: asks the running gateway's management listener, for containers whose image has no curl.</summary>
internal static class HealthCheckCommand
{
    /// <returns>0 when ready; 1 otherwise, with the reason on standard error. Never takes longer than 3 seconds.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var url = args.ElementAtOrDefault(1) ?? "http://127.0.0.1:8081/health/ready";
        try
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
            using var response = await client.GetAsync(new Uri(url));
            if (response.IsSuccessStatusCode) return 0;
            await Console.Error.WriteLineAsync($"{url} answered {(int)response.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or UriFormatException)
        {
            await Console.Error.WriteLineAsync($"{url}: {e.Message}");
        }

        return 1;
    }
}
