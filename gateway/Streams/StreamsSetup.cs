using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Streams;

internal static class StreamsSetup
{
    /// <summary>Streams end with the token that opened them. <see cref="WatchStreams"/> is one of forwarding's transforms.</summary>
    public static void AddStreams(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<StreamsOptions>, StreamsOptionsValidator>();
        services.AddSingleton<LiveStreams>();
        services.AddHostedService<EndStreams>();
    }

    /// <summary>Ahead of routing, which goes by the method, and behind the static sites, which have no sockets.</summary>
    public static void UseHandshakes(this IApplicationBuilder app) => app.UseMiddleware<JudgeHandshakes>();
}
