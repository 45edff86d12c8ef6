namespace FrontDoor.TokenService.Commands;

/// <summary><c>token-service healthcheck [URL]</c>: asks the running service, for containers whose image has no curl.</summary>
internal static class HealthCheckCommand
{
    /// <returns>0 when ready; 1 otherwise, with the reason on standard error. Never takes longer than 3 seconds.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var url = args.ElementAtOrDefault(1) ?? "http://127.0.0.1:8090/health/ready";
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
