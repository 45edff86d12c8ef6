using System.Globalization;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FrontDoor.Gateway.Authentication;

/// <summary>Follows one issuer's revocation feed: snapshot, then deltas, resumed where it broke off.</summary>
internal sealed partial class RevocationFeed(
    string issuer, RevocationOptions options, RevocationList list, RevocationState state, HttpClient http, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    public async Task FollowAsync(CancellationToken stoppingToken)
    {
        var pause = TimeSpan.Zero;
        string? lastFault = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ReadAsync(
                    () =>
                    {
                        if (lastFault is not null || pause == TimeSpan.Zero) Log.Following(logger, issuer);
                        (pause, lastFault) = (TimeSpan.FromMilliseconds(100), null);
                    },
                    stoppingToken);
            }
            catch (Exception e)
            {
                // Whatever the feed sends or its key file does: the gateway serves on with the list it has, and asks again.
                if (stoppingToken.IsCancellationRequested) break;
                var fault = e is OperationCanceledException ? $"silent for {options.StaleAfter}" : e.Message;
                if (fault != lastFault) Log.Broken(logger, issuer, fault);
                lastFault = fault;
            }

            pause = pause == TimeSpan.Zero ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        state.Save(list);
    }

    private async Task ReadAsync(Action connected, CancellationToken stoppingToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        silence.CancelAfter(options.StaleAfter);

        using var request = new HttpRequestMessage(HttpMethod.Get, options.FeedAddress);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(options.KeyFile, silence.Token)).Trim());
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (list.LastId >= 0) request.Headers.Add("Last-Event-ID", list.LastId.ToString(CultureInfo.InvariantCulture));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token);
        response.EnsureSuccessStatusCode();

        await using var stream = await response.Content.ReadAsStreamAsync(silence.Token);
        var events = SseParser.Create(stream, (_, data) => JsonSerializer.Deserialize(data, FeedJson.Default.RevocationEntryArray) ?? []);
        await foreach (var item in events.EnumerateAsync(silence.Token))
        {
            silence.CancelAfter(options.StaleAfter);
            Apply(item);
            connected();
        }
    }

    private void Apply(SseItem<RevocationEntry[]> item)
    {
        var id = long.Parse(item.EventId ?? "", NumberStyles.None, CultureInfo.InvariantCulture);
        list.Add(item.Data, id);
        list.Hear();
        state.Add(list, item.Data);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Following the revocations of {Issuer}")]
        public static partial void Following(ILogger logger, string issuer);

        [LoggerMessage(2, LogLevel.Warning, "Revocations of {Issuer} cannot be followed: {Reason}")]
        public static partial void Broken(ILogger logger, string issuer, string reason);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RevocationEntry[]))]
[JsonSerializable(typeof(SavedRevocations))]
internal sealed partial class FeedJson : JsonSerializerContext;
